import { BadRequestException, Body, Controller, Get, HttpCode, NotFoundException, Param, Put } from "@nestjs/common";
import { ItemsService, type Key } from "./items.service.js";

@Controller("items/:pk/:sk")
export class ItemsController {
	constructor(private readonly items: ItemsService) {}

	@Get()
	async find(@Param() key: Key): Promise<Record<string, unknown>> {
		const item = await this.items.find(key);
		if (item === undefined) throw new NotFoundException();
		return item;
	}

	@Put()
	@HttpCode(204)
	async save(@Param() key: Key, @Body("note") note: unknown): Promise<void> {
		if (typeof note !== "string") throw new BadRequestException("note must be a string");
		await this.items.save(key, note);
	}
}
