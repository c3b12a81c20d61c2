export type ClassField = { name: string; descriptor: string; isStatic: boolean };

/** How many bytes each kind of constant takes after its tag (Java Virtual Machine Specification, 4.4). */
const SIZES: Record<number, number> = {
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 2,
  8: 2,
  9: 4,
  10: 4,
  11: 4,
  12: 4,
  15: 3,
  16: 2,
  17: 4,
  18: 4,
  19: 2,
  20: 2,
};
const UTF8 = 1;
const STATIC = 0x0008;

/**
 * The fields that a compiled Java class declares, with their types as the JVM writes them (4.3.2).
 * Read here so that no JDK is needed to know what an object of the platform has.
 */
export function readClassFields(file: Buffer): ClassField[] {
  if (file.readUInt32BE(0) !== 0xcafebabe) throw new Error('not a class file');
  const texts = new Map<number, string>();
  let at = 10;
  const constants = file.readUInt16BE(8);
  for (let i = 1; i < constants; i++) {
    const tag = file.readUInt8(at);
    if (tag === UTF8) {
      const length = file.readUInt16BE(at + 1);
      texts.set(i, file.toString('utf8', at + 3, at + 3 + length));
      at += 3 + length;
      continue;
    }
    const size = SIZES[tag];
    if (size === undefined) throw new Error(`constant of kind ${tag} in a class file`);
    at += 1 + size;
    // Long and double take two places in the table.
    if (tag === 5 || tag === 6) i += 1;
  }
  at += 6;
  at += 2 + 2 * file.readUInt16BE(at);
  const fields: ClassField[] = [];
  const count = file.readUInt16BE(at);
  at += 2;
  for (let i = 0; i < count; i++) {
    const name = texts.get(file.readUInt16BE(at + 2)) ?? '';
    const descriptor = texts.get(file.readUInt16BE(at + 4)) ?? '';
    fields.push({ name, descriptor, isStatic: (file.readUInt16BE(at) & STATIC) !== 0 });
    const attributes = file.readUInt16BE(at + 6);
    at += 8;
    for (let a = 0; a < attributes; a++) at += 6 + file.readUInt32BE(at + 2);
  }
  return fields;
}
