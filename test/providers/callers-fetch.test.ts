import { fetchWire } from '../../src/providers/callers-fetch.ts';
import { describeContract } from './contract.ts';

// A caller's own fetch must lead to the same reactions as our connections do.
describeContract('chat', { name: 'fetch', open: () => fetchWire(globalThis.fetch) });
