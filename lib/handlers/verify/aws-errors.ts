/** An answer, or undefined where the service says that there is no such thing. */
export async function absent<T>(names: readonly string[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) {
      return undefined;
    }
    throw error;
  }
}
