import { ApiProblem, type FieldProblem } from '@/api/problem.ts';

/** The server's words on one field; undefined: it has none. */
export function fieldError(
  error: unknown,
  pointer: string,
): FieldProblem | undefined {
  return error instanceof ApiProblem
    ? error.fields.find((field) => field.pointer === pointer)
    : undefined;
}
