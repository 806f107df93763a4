/** Realistic row files, and their rows or findings. */
export interface RowFile {
  readonly title: string;
  /** Default: `rows.csv`. The name determines the format. */
  readonly file?: string;
  readonly bytes: string | Uint8Array;
  /** More keys of `for_each`, as YAML. */
  readonly options?: string;
  readonly rows?: readonly unknown[];
  /** `line:column severity CODE message (hint)`. */
  readonly says?: string | readonly string[];
}

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const utf16 = (text: string): Uint8Array => Buffer.from(text, 'utf16le');
const utf16be = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16();
const ANN_BOB = [
  { id: '1', name: 'Ann' },
  { id: '2', name: 'Bob' },
];
const found = (name: string, written: string): string =>
  `1:1 warning DELIMITER_FOUND \`rows.csv\` is read with a ${name} as the delimiter, as in its first line (write \`delimiter: "${written}"\` next to \`file\` to confirm this, or \`delimiter: ","\` if that is wrong)`;
const notUtf8 = (file: string, line: number, byte: string): string =>
  `error FILE_UNREADABLE \`${file}\` is not valid UTF-8: line ${line} has the byte 0x${byte} (add \`encoding: windows-1252\` next to \`file\`, or save it as UTF-8 (in Excel: CSV UTF-8))`;

export const ROW_FILES: readonly RowFile[] = [
  { title: 'commas', bytes: 'id,name\n1,Ann\n2,Bob\n', rows: ANN_BOB },
  {
    title: 'semicolons, a byte order mark and CRLF, as Excel writes them',
    bytes: '\uFEFFid;name\r\n1;Ann\r\n2;Bob\r\n',
    rows: ANN_BOB,
    says: [found('semicolon', ';')],
  },
  {
    title: 'semicolons and decimal commas',
    bytes: 'id;price\n1;2,50\n',
    rows: [{ id: '1', price: '2,50' }],
    says: [found('semicolon', ';')],
  },
  {
    title: 'tabs in a file named `.csv`',
    bytes: 'id\tname\n1\tAnn\n2\tBob',
    rows: ANN_BOB,
    says: [found('tab', '\\t')],
  },
  {
    title: 'pipes',
    bytes: 'id|name\n1|Ann\n2|Bob\n',
    rows: ANN_BOB,
    says: [found('pipe', '|')],
  },
  {
    title: 'a specified delimiter is not reported',
    bytes: 'id;name\n1;Ann\n2;Bob\n',
    options: 'delimiter: ";"',
    rows: ANN_BOB,
  },
  {
    title: 'a specified delimiter wins over the delimiter in the first line',
    bytes: 'a;b\n1;2\n',
    options: 'delimiter: ","',
    rows: [{ 'a;b': '1;2' }],
  },
  {
    title: 'Excel’s separator line in capitals and quotes',
    bytes: '"SEP=;"\r\nid;name\r\n1;Ann\r\n2;Bob\r\n',
    rows: ANN_BOB,
  },
  {
    title: 'Excel’s separator line',
    bytes: 'sep=;\r\nid;name\r\n1;Ann\r\n2;Bob\r\n',
    rows: ANN_BOB,
  },
  {
    title: 'more commas than semicolons in the first line',
    bytes: 'id,name,"a;b;c;d"\n1,Ann,x\n',
    rows: [{ id: '1', name: 'Ann', 'a;b;c;d': 'x' }],
  },
  { title: 'TSV', file: 'rows.tsv', bytes: 'id\tname\n1\tAnn\n2\tBob\n', rows: ANN_BOB },
  {
    title: 'TSV with commas in its values',
    file: 'rows.tsv',
    bytes: 'id\tnote, long\n1\ta, b\n',
    rows: [{ id: '1', 'note, long': 'a, b' }],
  },
  {
    title: 'a single column',
    bytes: 'name\nAnn\nBob\n',
    rows: [{ name: 'Ann' }, { name: 'Bob' }],
  },
  {
    title: 'line breaks, quotes and delimiters inside quotes',
    bytes: 'id,note\r\n1,"a\r\nb, ""c"""\r\n2,plain\r\n',
    rows: [
      { id: '1', note: 'a\r\nb, "c"' },
      { id: '2', note: 'plain' },
    ],
  },
  {
    title: 'a line break in the header',
    bytes: 'id;"first\nname"\n1;Ann\n',
    rows: [{ id: '1', 'first\nname': 'Ann' }],
    says: [found('semicolon', ';')],
  },
  {
    title: 'only carriage returns, as on old Macs',
    bytes: 'id,name\r1,Ann\r2,Bob\r',
    rows: ANN_BOB,
  },
  {
    title: 'column names with spaces',
    bytes: 'Customer Name,item id\nAnn,7\n',
    rows: [{ 'Customer Name': 'Ann', 'item id': '7' }],
  },
  {
    title: 'a no-break space in a column name',
    bytes: 'Customer\u00a0Name,id\u200b\nAnn,7\n',
    rows: [{ 'Customer Name': 'Ann', id: '7' }],
    says: '1:1 warning BAD_ROW the column `Customer Name` is written with a no-break space (U+00A0), and read without it (write the name with plain characters in the first line)',
  },
  {
    title: 'rows of commas, as Excel leaves below a table',
    bytes: 'id,name\n1,Ann\n,\n , \u00a0\n2,Bob\n,\n',
    rows: ANN_BOB,
    says: '3:1 warning BAD_ROW 3 rows have no value in any column, and are left out; this is the first (delete these lines)',
  },
  {
    title: 'one row of commas',
    bytes: 'id,name\n1,Ann\n2,Bob\n,\n',
    rows: ANN_BOB,
    says: '4:1 warning BAD_ROW the row has no value in any column, and is left out (delete the line)',
  },
  {
    title: 'undeclared Windows-1252',
    bytes: latin1('id,name\r\n1,Ann\r\n2,Zo\xeb\r\n'),
    says: [`3:5 ${notUtf8('rows.csv', 3, 'eb')}`],
  },
  {
    title: 'declared Windows-1252',
    bytes: latin1('id,name\n1,Zo\xeb \x80\n2,\x93Bob\x94\n'),
    options: 'encoding: windows-1252',
    rows: [
      { id: '1', name: 'Zoë €' },
      { id: '2', name: '“Bob”' },
    ],
  },
  {
    title: 'a byte that Windows-1252 does not have',
    bytes: latin1('id,name\n1,\x81\n'),
    options: 'encoding: windows-1252',
    says: '2:3 error FILE_UNREADABLE `rows.csv` is not valid Windows-1252: line 2 has the byte 0x81 (write the `encoding` that it is saved in, or save it as UTF-8 and delete `encoding`)',
  },
  {
    title: 'undeclared UTF-16',
    bytes: utf16('\uFEFFid,name\n1,Ann\n'),
    says: '1:1 error FILE_UNREADABLE `rows.csv` is UTF-16, not UTF-8 (add `encoding: utf-16` next to `file`, or save it as UTF-8 (in Excel: CSV UTF-8))',
  },
  {
    title: 'undeclared UTF-16 without a byte order mark',
    file: 'rows.txt',
    bytes: utf16('one\ntwo\n'),
    says: '1:1 error FILE_UNREADABLE `rows.txt` is UTF-16, not UTF-8 (add `encoding: utf-16` next to `file`, or save it as UTF-8 (in Excel: CSV UTF-8))',
  },
  {
    title: 'declared UTF-16 with tabs, Excel’s Unicode text',
    file: 'rows.tsv',
    bytes: utf16('\uFEFFid\tname\r\n1\tAnn\r\n2\tB\u{1F600}b\r\n'),
    options: 'encoding: utf-16',
    rows: [
      { id: '1', name: 'Ann' },
      { id: '2', name: 'B\u{1F600}b' },
    ],
  },
  {
    title: 'UTF-16 with the high byte first',
    bytes: utf16be('\uFEFFid,name\n1,Ann\n2,Bob\n'),
    options: 'encoding: utf-16',
    rows: ANN_BOB,
  },
  {
    title: 'half of a surrogate pair in UTF-16',
    bytes: utf16('id,name\n1,a\uD83Db\n'),
    options: 'encoding: utf-16',
    says: '2:4 error FILE_UNREADABLE `rows.csv` is not valid UTF-16: line 2 has half of a surrogate pair (write the `encoding` that it is saved in, or save it as UTF-8 and delete `encoding`)',
  },
  {
    title: 'UTF-16 that ends in the middle of a character',
    file: 'rows.txt',
    bytes: utf16('one').subarray(0, 5),
    options: 'encoding: utf-16',
    says: '1:3 error FILE_UNREADABLE `rows.txt` is not valid UTF-16: line 1 has an incomplete character (write the `encoding` that it is saved in, or save it as UTF-8 and delete `encoding`)',
  },
  {
    title: 'a truncated character at the end of the file',
    file: 'rows.txt',
    bytes: Buffer.from('one\ntw\u00f6').subarray(0, -1),
    says: [`2:3 ${notUtf8('rows.txt', 2, 'c3')}`],
  },
  {
    title: 'JSONL that is not UTF-8',
    file: 'rows.jsonl',
    bytes: latin1('{"id":1}\n{"id":2,"name":"Zo\xeb"}\n'),
    says: [`2:19 ${notUtf8('rows.jsonl', 2, 'eb')}`],
  },
  {
    title: 'JSON that is not UTF-8',
    file: 'rows.json',
    bytes: latin1('[\n{"name":"Zo\xeb"}]'),
    says: [`2:12 ${notUtf8('rows.json', 2, 'eb')}`],
  },
  {
    title: 'YAML that is not UTF-8',
    file: 'rows.yaml',
    bytes: latin1('- a\n- Zo\xeb\n'),
    says: [`2:5 ${notUtf8('rows.yaml', 2, 'eb')}`],
  },
  {
    title: 'half of a surrogate pair in JSONL',
    file: 'rows.jsonl',
    bytes: '{"id":1,"text":"ok \\ud83d\\ude00"}\n{"id":2,"text":"cut \\ud83d"}\n',
    rows: [
      { id: 1, text: 'ok 😀' },
      { id: 2, text: 'cut \uFFFD' },
    ],
  },
  {
    title: 'half of a surrogate pair deep in JSON',
    file: 'rows.json',
    bytes: '[{"id":1,"tags":["a","\\udc00"]}]',
    rows: [{ id: 1, tags: ['a', '\uFFFD'] }],
  },
  {
    title: 'digits that YAML loses',
    file: 'rows.yaml',
    bytes: '- { id: 1, version: 3.10 }\n- { id: 2, version: 3.9 }\n',
    says: '1:21 error BAD_ROW `3.10` would become `3.1`, because YAML reads it as a number (put it in quotes: `"3.10"`; or write `3.1` if you meant the number)',
  },
  {
    title: 'digits that YAML loses in a list',
    file: 'rows.yaml',
    bytes: '- { id: 1, versions: [{ v: [3.10] }] }\n',
    says: '1:29 error BAD_ROW `3.10` would become `3.1`, because YAML reads it as a number (put it in quotes: `"3.10"`; or write `3.1` if you meant the number)',
  },
  {
    title: 'a row with too many values',
    bytes: 'id;note\n1;a;b\n',
    options: 'delimiter: ";"',
    says: '2:1 error BAD_ROW the row has 3 values, but there are 2 columns (put a value that contains a semicolon in double quotes)',
  },
  {
    title: 'two columns with one name',
    bytes: 'id,name,name \n1,a,b\n',
    says: ['1:1 error BAD_ROW two columns are named `name` (give each column its own name)'],
  },
  {
    title: 'a quote that is never closed',
    bytes: 'id,name\n1,"Ann\n2,Bob\n',
    says: '2:1 error BAD_ROW a double quote is never closed (close it, or write `""` for the character)',
  },
  {
    title: 'lines of text that are invisible',
    file: 'rows.txt',
    bytes: 'one\n\u200b\n \u00a0\ntwo\n',
    rows: ['one', 'two'],
  },
];
