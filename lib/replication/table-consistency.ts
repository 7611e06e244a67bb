/** How far a write to a table has got when it returns; it cannot be changed once a table is replicated. */
export class TableConsistency {
  /** Other Regions follow, usually within a second; of writes to one item in two Regions the last one wins. */
  public static eventual(): TableConsistency {
    return new TableConsistency(false);
  }

  /**
   * A write is in another Region before it returns, so that none is lost with a Region. The third Region has a witness: no table, no cost
   * of storage, but a vote. Writes and strongly consistent reads take longer, and there are no transactions.
   *
   * The table has to be empty when it is replicated, and has neither time to live nor local secondary indexes.
   * @param region the Region of the witness, in one set with the two others (DynamoDB Developer Guide: how global tables work)
   */
  public static strongWithWitness(region: string): TableConsistency {
    return new TableConsistency(true, undefined, region);
  }

  /**
   * The same with a replica in the third Region, which serves reads and writes too.
   * @param region the Region of the third replica, in one set with the two others (DynamoDB Developer Guide: how global tables work)
   */
  public static strongWithReplica(region: string): TableConsistency {
    return new TableConsistency(true, region);
  }

  private constructor(
    /** @internal */
    public readonly _isStrong: boolean,
    /** @internal */
    public readonly _replica?: string,
    /** @internal */
    public readonly _witness?: string,
  ) {}
}
