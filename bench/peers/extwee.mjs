// Parses a file with Extwee each time a line comes in, and answers with the number of passages.
// Usage: node extwee.mjs twee|html FILE
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseTwee, parseTwine2HTML } from 'extwee';

const [kind, file] = process.argv.slice(2);
const parse = kind === 'twee' ? parseTwee : parseTwine2HTML;
const text = readFileSync(file, 'utf8');

createInterface({ input: process.stdin }).on('line', () => {
  const story = parse(text);
  console.log(story.passages.length);
});
