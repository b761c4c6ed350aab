import {
	type ArgumentsHost,
	Catch,
	type HttpException,
	InternalServerErrorException,
	Logger,
	ServiceUnavailableException,
} from "@nestjs/common";
import { BaseExceptionFilter } from "@nestjs/core";
import { type EchoStreamError, isEchoStreamError } from "echostream-botocore";

/** Responds with 503 to requests that fail in an outage, and with 500 to others that the session fails. */
@Catch()
export class EchoStreamFilter extends BaseExceptionFilter {
	private readonly logger = new Logger(EchoStreamFilter.name);

	override catch(error: unknown, host: ArgumentsHost): void {
		super.catch(isEchoStreamError(error) ? this.exceptionOf(error) : error, host);
	}

	/** The message of the error is for operators: it names the tenant, its servers and settings. */
	private exceptionOf(error: EchoStreamError): HttpException {
		this.logger.error(error.message, error.stack);
		return error.transient ? new ServiceUnavailableException() : new InternalServerErrorException();
	}
}
