/** Errors as REST gives them: a JSON array of {message, errorCode}. */
export class FieldError extends Error {
  readonly errorCode: string;
  readonly status: number;
  constructor(errorCode: string, message: string, status = errorCode === 'NOT_FOUND' ? 404 : 400) {
    super(message);
    this.errorCode = errorCode;
    this.status = status;
  }
}
