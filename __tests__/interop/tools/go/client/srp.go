package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"
	"time"
)

const modulus = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
	"EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5" +
	"AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB" +
	"9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9" +
	"DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A" +
	"8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64" +
	"521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"

var (
	n, _ = new(big.Int).SetString(modulus, 16)
	g    = big.NewInt(2)
	k    = hashed(padded(n), padded(g))
)

// srp is one sign-in by the Secure Remote Password protocol as Cognito has it.
type srp struct {
	private *big.Int
	public  *big.Int
}

func newSrp() (*srp, error) {
	bytes := make([]byte, 128)
	if _, err := rand.Read(bytes); err != nil {
		return nil, err
	}
	private := new(big.Int).SetBytes(bytes)
	return &srp{private, new(big.Int).Exp(g, private, n)}, nil
}

func (s *srp) publicHex() string { return s.public.Text(16) }

// proof returns the answers to the challenge PASSWORD_VERIFIER.
func (s *srp) proof(poolID, password string, parameters map[string]string, now time.Time) map[string]string {
	b, _ := new(big.Int).SetString(parameters["SRP_B"], 16)
	salt, _ := new(big.Int).SetString(parameters["SALT"], 16)
	user, block := parameters["USER_ID_FOR_SRP"], parameters["SECRET_BLOCK"]
	pool := strings.SplitN(poolID, "_", 2)[1]
	identity := sha256.Sum256([]byte(pool + user + ":" + password))
	x := hashed(padded(salt), identity[:])
	u := hashed(padded(s.public), padded(b))
	base := new(big.Int).Sub(b, new(big.Int).Mul(k, new(big.Int).Exp(g, x, n)))
	exponent := new(big.Int).Add(s.private, new(big.Int).Mul(u, x))
	secret := new(big.Int).Exp(base.Mod(base, n), exponent, n)
	key := mac(mac(padded(u), padded(secret)), append([]byte("Caldera Derived Key"), 1))[:16]
	timestamp := now.UTC().Format("Mon Jan 2 15:04:05 UTC 2006")
	raw, _ := base64.StdEncoding.DecodeString(block)
	signature := mac(key, []byte(pool+user), raw, []byte(timestamp))
	return map[string]string{
		"USERNAME":                    user,
		"PASSWORD_CLAIM_SECRET_BLOCK": block,
		"PASSWORD_CLAIM_SIGNATURE":    base64.StdEncoding.EncodeToString(signature),
		"TIMESTAMP":                   timestamp,
	}
}

// padded returns the bytes of a positive number: with a zero before a high bit.
func padded(number *big.Int) []byte {
	text := number.Text(16)
	if len(text)%2 == 1 {
		text = "0" + text
	} else if strings.Contains("89abcdef", text[:1]) {
		text = "00" + text
	}
	bytes, _ := hex.DecodeString(text)
	return bytes
}

func hashed(parts ...[]byte) *big.Int {
	hash := sha256.New()
	for _, part := range parts {
		hash.Write(part)
	}
	return new(big.Int).SetBytes(hash.Sum(nil))
}

func mac(key []byte, parts ...[]byte) []byte {
	hash := hmac.New(sha256.New, key)
	for _, part := range parts {
		hash.Write(part)
	}
	return hash.Sum(nil)
}
