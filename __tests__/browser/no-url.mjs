// Stands in for Node's module `url`, which aws-appsync-auth-link imports, and does not need for what a session lets it do.
export default {};
