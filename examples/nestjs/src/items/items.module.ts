import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Module } from "@nestjs/common";
import { AppSession } from "echostream-botocore";
import { ItemsController } from "./items.controller.js";
import { ItemsService } from "./items.service.js";

@Module({
	controllers: [ItemsController],
	providers: [
		ItemsService,
		{
			provide: DynamoDBDocumentClient,
			inject: [AppSession],
			useFactory: (session: AppSession) => DynamoDBDocumentClient.from(session.client(DynamoDBClient)),
		},
	],
})
export class ItemsModule {}
