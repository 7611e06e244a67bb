/** An answer, or undefined where the service gives one of these errors. */
export async function unless<T>(names: readonly string[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) {
      return undefined;
    }
    throw error;
  }
}
