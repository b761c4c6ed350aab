const { AppSession } = require("echostream-botocore");

const session = new AppSession();
void session.credentials().then(({ accessKeyId }) => {
	console.log(accessKeyId.slice(0, 4));
	session.destroy();
});
