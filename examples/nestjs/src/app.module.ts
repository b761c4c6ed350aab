import { Module } from "@nestjs/common";
import { EchoStreamModule } from "./echostream/echostream.module.js";
import { HealthController } from "./health.controller.js";
import { ItemsModule } from "./items/items.module.js";

@Module({ imports: [EchoStreamModule, ItemsModule], controllers: [HealthController] })
export class AppModule {}
