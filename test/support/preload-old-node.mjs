// Makes the process take itself for the Node named by PRETENDED_NODE.
const node = process.env['PRETENDED_NODE'];
Object.defineProperty(process, 'versions', { value: { ...process.versions, node } });
