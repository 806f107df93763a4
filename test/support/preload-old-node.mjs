// Makes the process believe that it runs on the Node version in PRETENDED_NODE.
const node = process.env['PRETENDED_NODE'];
Object.defineProperty(process, 'versions', { value: { ...process.versions, node } });
