// UIDs as peers send them (PS3.5 9.1).

/**
 * Whether a text is a UID: up to 64 characters, numbers parted by dots. Leading zeros are let pass: some devices
 * write them, and refusing an image for its name helps nobody.
 */
export function isUid(value: string | undefined): value is string {
  return value !== undefined && value.length <= 64 && /^\d+(\.\d+)+$/.test(value);
}
