/**
 * What a tag of a resource has to be like; letter case counts.
 *
 * The key is the plain tag key, without the prefix `aws:ResourceTag/`.
 */
export class TagCondition {
  /** The tag is there and has exactly this value. */
  public static equalTo(key: string, value: string): TagCondition {
    return new TagCondition(key, value, TagOperator.EQUALS);
  }

  /** The tag does not have this value; a resource without the tag passes. */
  public static notEqualTo(key: string, value: string): TagCondition {
    return new TagCondition(key, value, TagOperator.NOT_EQUALS);
  }

  /** The tag is there and its value matches a pattern; `*` stands for any characters, at any place and several times. */
  public static like(key: string, pattern: string): TagCondition {
    return new TagCondition(key, pattern, TagOperator.LIKE);
  }

  /** The tag's value does not match a pattern; a resource without the tag passes. */
  public static notLike(key: string, pattern: string): TagCondition {
    return new TagCondition(key, pattern, TagOperator.NOT_LIKE);
  }

  private constructor(
    /** The tag key. */
    public readonly key: string,
    /** The value or pattern. */
    public readonly value: string,
    /** How tag and value are compared. */
    public readonly operator: TagOperator,
  ) {}
}

/** How AWS Backup compares the value of a tag. */
export enum TagOperator {
  /** Exactly this value. */
  EQUALS = 'StringEquals',
  /** Any value but this. */
  NOT_EQUALS = 'StringNotEquals',
  /** A value that matches the pattern. */
  LIKE = 'StringLike',
  /** A value that does not match the pattern. */
  NOT_LIKE = 'StringNotLike',
}
