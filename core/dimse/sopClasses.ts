// The SOP classes whose instances are taken (PS3.4 Annex B and GG, PS3.6 Table A-1). They are kept as they come, so a
// class that is new to us, but stands where the standard puts storage classes, is taken as well.

/** Verification SOP Class (PS3.4 Annex A): C-ECHO. */
export const verificationClass = "1.2.840.10008.1.1";

const standardPrefix = "1.2.840.10008.5.1.4.1.1.";

/** Below the prefix of storage classes, but for query and retrieve (PS3.4 Annex JJ, inventories). */
const notStorage: ReadonlySet<string> = new Set([
  "1.2.840.10008.5.1.4.1.1.201.2",
  "1.2.840.10008.5.1.4.1.1.201.3",
  "1.2.840.10008.5.1.4.1.1.201.4",
  "1.2.840.10008.5.1.4.1.1.201.5",
  "1.2.840.10008.5.1.4.1.1.201.6",
]);

/** Storage classes that stand elsewhere in the standard's tree, and private ones that scanners send in passing. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["1.2.840.10008.5.1.4.34.7", "RT Beams Delivery Instruction Storage"],
  ["1.2.840.10008.5.1.4.34.10", "RT Brachy Application Setup Delivery Instruction Storage"],
  ["1.2.840.10008.5.1.4.38.1", "Hanging Protocol Storage"],
  ["1.2.840.10008.5.1.4.39.1", "Color Palette Storage"],
  ["1.2.840.10008.5.1.4.43.1", "Generic Implant Template Storage"],
  ["1.2.840.10008.5.1.4.44.1", "Implant Assembly Template Storage"],
  ["1.2.840.10008.5.1.4.45.1", "Implant Template Group Storage"],
  ["1.2.392.200036.9125.1.1.2", "Fuji Private CR Image Storage"],
  ["1.3.12.2.1107.5.9.1", "Siemens CSA Non-Image Storage"],
]);

/** The storage classes a veterinary practice is likely to send, by the end of their UID. */
const standard: ReadonlyMap<string, string> = new Map([
  ["1", "Computed Radiography Image Storage"],
  ["1.1", "Digital X-Ray Image Storage - For Presentation"],
  ["1.1.1", "Digital X-Ray Image Storage - For Processing"],
  ["1.2", "Digital Mammography X-Ray Image Storage - For Presentation"],
  ["1.2.1", "Digital Mammography X-Ray Image Storage - For Processing"],
  ["1.3", "Digital Intra-Oral X-Ray Image Storage - For Presentation"],
  ["1.3.1", "Digital Intra-Oral X-Ray Image Storage - For Processing"],
  ["2", "CT Image Storage"],
  ["2.1", "Enhanced CT Image Storage"],
  ["2.2", "Legacy Converted Enhanced CT Image Storage"],
  ["3", "Ultrasound Multi-frame Image Storage (Retired)"],
  ["3.1", "Ultrasound Multi-frame Image Storage"],
  ["4", "MR Image Storage"],
  ["4.1", "Enhanced MR Image Storage"],
  ["4.2", "MR Spectroscopy Storage"],
  ["4.3", "Enhanced MR Color Image Storage"],
  ["4.4", "Legacy Converted Enhanced MR Image Storage"],
  ["5", "Nuclear Medicine Image Storage (Retired)"],
  ["6", "Ultrasound Image Storage (Retired)"],
  ["6.1", "Ultrasound Image Storage"],
  ["6.2", "Enhanced US Volume Storage"],
  ["7", "Secondary Capture Image Storage"],
  ["7.1", "Multi-frame Single Bit Secondary Capture Image Storage"],
  ["7.2", "Multi-frame Grayscale Byte Secondary Capture Image Storage"],
  ["7.3", "Multi-frame Grayscale Word Secondary Capture Image Storage"],
  ["7.4", "Multi-frame True Color Secondary Capture Image Storage"],
  ["9.1.1", "12-lead ECG Waveform Storage"],
  ["9.1.2", "General ECG Waveform Storage"],
  ["9.1.3", "Ambulatory ECG Waveform Storage"],
  ["11.1", "Grayscale Softcopy Presentation State Storage"],
  ["11.2", "Color Softcopy Presentation State Storage"],
  ["12.1", "X-Ray Angiographic Image Storage"],
  ["12.1.1", "Enhanced XA Image Storage"],
  ["12.2", "X-Ray Radiofluoroscopic Image Storage"],
  ["12.2.1", "Enhanced XRF Image Storage"],
  ["13.1.1", "X-Ray 3D Angiographic Image Storage"],
  ["13.1.2", "X-Ray 3D Craniofacial Image Storage"],
  ["13.1.3", "Breast Tomosynthesis Image Storage"],
  ["20", "Nuclear Medicine Image Storage"],
  ["30", "Parametric Map Storage"],
  ["66", "Raw Data Storage"],
  ["66.1", "Spatial Registration Storage"],
  ["66.4", "Segmentation Storage"],
  ["77.1.1", "VL Endoscopic Image Storage"],
  ["77.1.1.1", "Video Endoscopic Image Storage"],
  ["77.1.2", "VL Microscopic Image Storage"],
  ["77.1.4", "VL Photographic Image Storage"],
  ["77.1.4.1", "Video Photographic Image Storage"],
  ["77.1.5.1", "Ophthalmic Photography 8 Bit Image Storage"],
  ["77.1.5.2", "Ophthalmic Photography 16 Bit Image Storage"],
  ["77.1.6", "VL Whole Slide Microscopy Image Storage"],
  ["88.11", "Basic Text SR Storage"],
  ["88.22", "Enhanced SR Storage"],
  ["88.33", "Comprehensive SR Storage"],
  ["88.34", "Comprehensive 3D SR Storage"],
  ["88.59", "Key Object Selection Document Storage"],
  ["88.67", "X-Ray Radiation Dose SR Storage"],
  ["104.1", "Encapsulated PDF Storage"],
  ["104.2", "Encapsulated CDA Storage"],
  ["104.3", "Encapsulated STL Storage"],
  ["128", "Positron Emission Tomography Image Storage"],
  ["130", "Enhanced PET Image Storage"],
  ["481.1", "RT Image Storage"],
  ["481.2", "RT Dose Storage"],
  ["481.3", "RT Structure Set Storage"],
  ["481.5", "RT Plan Storage"],
]);

/** Whether instances of this class are taken by C-STORE. */
export function isStorageClass(uid: string): boolean {
  if (elsewhere.has(uid)) return true;
  return uid.startsWith(standardPrefix) && !notStorage.has(uid) && /^[\d.]{1,64}$/.test(uid);
}

/** The standard's name of a storage class, where this table has it. */
export function storageClassName(uid: string): string | undefined {
  return elsewhere.get(uid) ??
    (uid.startsWith(standardPrefix) ? standard.get(uid.slice(standardPrefix.length)) : undefined);
}
