/** Changes of resources. */
export const CHANGES = /* GraphQL */ `
"A resource before and after it was changed. A new resource has no old one, a deleted resource no new one."
type Change {
	new: Echo
	old: Echo
}

"A page of changes."
type ChangeResult {
	echos: [Change]
	lastEvaluatedKey: AWSJSON
}

"The resources whose changes are recorded."
union Echo =
	| AlertEmitterNode
	| ApiAuthenticatorFunction
	| AppChangeReceiverNode
	| AppChangeRouterNode
	| AuditEmitterNode
	| BitmapperFunction
	| BitmapRouterNode
	| ChangeEmitterNode
	| CrossAccountApp
	| CrossTenantReceivingApp
	| CrossTenantReceivingNode
	| CrossTenantSendingApp
	| CrossTenantSendingNode
	| DeadLetterEmitterNode
	| Edge
	| ExternalApp
	| ExternalNode
	| FilesDotComWebhookNode
	| KmsKey
	| LoadBalancerNode
	| LogEmitterNode
	| ManagedApp
	| ManagedNode
	| ManagedNodeType
	| MessageType
	| ProcessorFunction
	| ProcessorNode
	| Tenant
	| TimerNode
	| WebhookNode
	| WebSubHubNode
	| WebSubSubscriptionNode
`;
