// One-time codes of an authenticator (RFC 6238: SHA-1, six digits, steps of thirty seconds).
import { Secret, TOTP } from "otpauth";

const period = 30;
const issuer = "Vetware";

/** A new secret of 160 bits (RFC 4226 4, R6): base32, and as the otpauth address that a QR code carries. */
export function newTotp(email: string): { readonly secret: string; readonly uri: string } {
  const totp = new TOTP({ issuer, label: email, secret: new Secret({ size: 20 }), period });
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/** The step that a code fits, one back or forth of `now` in milliseconds and later than `after`; null for none. */
export function stepOf(
  secret: string,
  code: string,
  { now, after }: { readonly now: number; readonly after: number },
): number | null {
  const totp = new TOTP({ issuer, secret: Secret.fromBase32(secret), period });
  const delta = totp.validate({ token: code, timestamp: now, window: 1 });
  if (delta === null) return null;
  const step = Math.floor(now / 1000 / period) + delta;
  return step > after ? step : null;
}
