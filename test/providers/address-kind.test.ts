import { describe, expect, test } from 'vitest';
import { addressKind } from '../../src/providers/address-kind.ts';
import { hostRules } from '../../src/providers/allowed-hosts.ts';

describe('T33: where an address leads', () => {
  test.each([
    ['8.8.8.8', 'public'],
    ['172.15.255.255', 'public'],
    ['172.32.0.0', 'public'],
    ['11.0.0.0', 'public'],
    ['192.169.0.0', 'public'],
    ['169.253.255.255', 'public'],
    ['100.128.0.0', 'public'],
    ['198.18.0.1', 'public'],
    ['223.255.255.255', 'public'],
    ['2606:4700::1111', 'public'],
    ['::ffff:8.8.8.8', 'public'],
    ['64:ff9b::808:808', 'public'],
    ['2002:808:808::1', 'public'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd12:3456::1', 'private'],
    ['fc00::', 'private'],
    ['fec0::1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:a00:1', 'private'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['2002:a00:1::', 'private'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['0.0.0.0', 'loopback'],
    ['0.1.2.3', 'loopback'],
    ['::1', 'loopback'],
    ['::', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::127.0.0.1', 'loopback'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['febf::1', 'link-local'],
    ['169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['192.0.0.192', 'metadata'],
    ['::ffff:169.254.169.254', 'metadata'],
    ['64:ff9b::169.254.169.254', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['fd20:ce::254', 'metadata'],
    ['224.0.0.1', 'unusable'],
    ['255.255.255.255', 'unusable'],
    ['ff02::1', 'unusable'],
    ['2001::1', 'unusable'],
    ['64:ff9b:1::1', 'unusable'],
    ['', 'unusable'],
    ['nonsense', 'unusable'],
    ['127.1', 'unusable'],
  ] as const)('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });

  test.each([
    // flags, name, addresses that are allowed, addresses that are not
    [[], 'api.openai.com', ['8.8.8.8'], ['10.0.0.1', '127.0.0.1', 'fe80::1', '169.254.169.254']],
    [['api.openai.com'], 'api.openai.com', ['8.8.8.8', '10.0.0.1'], ['127.0.0.1']],
    [['gw.example=K'], 'gw.example', ['8.8.8.8', '10.0.0.1', 'fd12::1'], ['127.0.0.1', '::1']],
    [['gw.example', '127.0.0.1:80'], 'gw.example', ['127.0.0.1'], ['127.0.0.2', '::1']],
    [['gw.example', '[::1]:80'], 'gw.example', ['::1', '0:0:0:0:0:0:0:1'], ['127.0.0.1']],
    [['gw.example', 'localhost:80'], 'gw.example', ['127.0.0.1', '::1'], ['169.254.169.254']],
    [['gw.example', '169.254.169.254'], 'gw.example', ['169.254.169.254'], ['169.254.169.253']],
    [['gw.example', '10.0.0.1'], 'api.openai.com', ['10.0.0.1'], ['10.0.0.2']],
    [[], 'localhost', ['127.0.0.1', '::1'], ['10.0.0.1', '8.8.8.8']],
  ] as const)('with %j, `%s` may resolve to %j but not to %j', (allowHosts, name, open, shut) => {
    const rules = hostRules({ environment: {}, allowHosts });
    expect(open.filter((address) => !rules.isAddressAllowed(name, address))).toEqual([]);
    expect(shut.filter((address) => rules.isAddressAllowed(name, address))).toEqual([]);
  });
});
