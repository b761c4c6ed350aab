import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** One sign-in by the Secure Remote Password protocol as Cognito has it. */
final class Srp {
	private static final BigInteger N = new BigInteger(
			"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
					+ "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5"
					+ "AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
					+ "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9"
					+ "DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A"
					+ "8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64"
					+ "521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
			16);
	private static final BigInteger G = BigInteger.TWO;
	private static final BigInteger K = hashed(N.toByteArray(), G.toByteArray());
	private static final DateTimeFormatter TIMESTAMP =
			DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss 'UTC' yyyy", Locale.US).withZone(ZoneOffset.UTC);

	private final BigInteger secret = new BigInteger(1024, new SecureRandom());
	private final BigInteger shown = G.modPow(secret, N);

	String publicHex() {
		return shown.toString(16);
	}

	/** Returns the answers to the challenge PASSWORD_VERIFIER. */
	Map<String, String> proof(String poolId, String password, Map<String, String> parameters) {
		String user = parameters.get("USER_ID_FOR_SRP");
		String block = parameters.get("SECRET_BLOCK");
		String pool = poolId.substring(poolId.indexOf('_') + 1);
		BigInteger b = new BigInteger(parameters.get("SRP_B"), 16);
		BigInteger salt = new BigInteger(parameters.get("SALT"), 16);
		BigInteger u = hashed(shown.toByteArray(), b.toByteArray());
		BigInteger x = hashed(salt.toByteArray(), digest(utf8(pool + user + ":" + password)));
		BigInteger s = b.subtract(K.multiply(G.modPow(x, N))).modPow(secret.add(u.multiply(x)), N);
		byte[] key = mac(mac(u.toByteArray(), s.toByteArray()), utf8("Caldera Derived Key\u0001"));
		String timestamp = TIMESTAMP.format(Instant.now());
		byte[] signature =
				mac(Arrays.copyOf(key, 16), utf8(pool + user), Base64.getDecoder().decode(block), utf8(timestamp));
		return Map.of(
				"USERNAME", user,
				"PASSWORD_CLAIM_SECRET_BLOCK", block,
				"PASSWORD_CLAIM_SIGNATURE", Base64.getEncoder().encodeToString(signature),
				"TIMESTAMP", timestamp);
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static BigInteger hashed(byte[]... parts) {
		return new BigInteger(1, digest(parts));
	}

	private static byte[] digest(byte[]... parts) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (byte[] part : parts) digest.update(part);
			return digest.digest();
		} catch (GeneralSecurityException error) {
			throw new IllegalStateException(error);
		}
	}

	private static byte[] mac(byte[] key, byte[]... parts) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(key, "HmacSHA256"));
			for (byte[] part : parts) mac.update(part);
			return mac.doFinal();
		} catch (GeneralSecurityException error) {
			throw new IllegalStateException(error);
		}
	}
}
