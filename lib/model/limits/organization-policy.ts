import { error, type Problem, warning } from './problem';
import { SERVICE_LIMITS } from './services';

/**
 * Checks the size of a backup policy of AWS Organizations: the schema of CloudFormation takes far more than the service.
 *
 * Text is stored as it is, white space included, an object without any.
 */
export function checkBackupPolicySize(content: string | object): Problem | undefined {
  const most = SERVICE_LIMITS.backupPolicySize.value;
  const minified = typeof content === 'string' ? withoutSpace(content) : JSON.stringify(content);
  if (minified.length > most) {
    return error(
      'BackupPolicyTooLarge',
      `'content' has ${minified.length} characters without white space, but AWS Organizations takes a backup policy of at most ${most}: split it, several policies can be attached to one target`,
    );
  }
  return typeof content === 'string' && content.length > most
    ? warning(
        'BackupPolicyTooLarge',
        `'content' has ${content.length} characters, ${minified.length} without white space, but AWS Organizations counts white space and takes at most ${most}: give an object, or minify the text`,
      )
    : undefined;
}

/** Text that is no JSON is counted as it is: what is wrong with it is not for this check to say. */
function withoutSpace(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
