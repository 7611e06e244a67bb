/** Who may copy recovery points into a vault. */
export class CopySource {
  /** One account, by its twelve digits. It has to be in the same organization (AWS Backup Developer Guide). */
  public static account(accountId: string): CopySource {
    return new CopySource('account', accountId);
  }

  /** Every account of an organization, by its id, such as `o-a1b2c3d4e5`. */
  public static organization(organizationId: string): CopySource {
    return new CopySource('organization', organizationId);
  }

  /** Every account below an organizational unit, by its path, such as `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111`. */
  public static organizationalUnit(path: string): CopySource {
    return new CopySource('organizationalUnit', path);
  }

  private constructor(
    /**
     * What `id` means.
     * @internal
     */
    public readonly _kind: 'account' | 'organization' | 'organizationalUnit',
    /** The account, organization or path of the organizational unit. */
    public readonly id: string,
  ) {}
}
