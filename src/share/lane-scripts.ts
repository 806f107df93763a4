/**
 * The scripts that run inside Redis, atomically and by the clock of Redis.
 *
 * KEYS of a lane: 1 the log of its events (a stream), 2 its head (a hash: `version` counts the
 * events that reduce the room, `epoch` identifies the store's content), 3 its members and when
 * their leases end (a sorted set), 4 a snapshot (a hash). All of them expire.
 */

const NOW = `local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)`;

const MEMBER = `if not redis.call('ZSCORE', KEYS[3], ARGV[1]) then return {-1} end`;

/** Removes members whose lease has ended; the other members then share their part. */
const EXPEL = `for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', '(' .. now)) do
  redis.call('ZREM', KEYS[3], gone)
  redis.call('XADD', KEYS[1], '*', 'm', gone, 'e', '{"type":"gone"}')
end`;

const KEEP = `for i = 1, 4 do redis.call('PEXPIRE', KEYS[i], 600000) end`;

/** ARGV: member, lease in ms, epoch if new, event. Returns epoch, id, now, snapshot, members. */
export const JOIN = `${NOW}
redis.call('HSETNX', KEYS[2], 'epoch', ARGV[3])
${EXPEL}
redis.call('ZADD', KEYS[3], now + ARGV[2], ARGV[1])
local snapshot = redis.call('HMGET', KEYS[4], 'id', 'state', 'at')
local v = redis.call('HINCRBY', KEYS[2], 'version', 1000000)
local id = redis.call('XADD', KEYS[1], '*', 'm', ARGV[1], 'e', ARGV[4], 'v', v)
${KEEP}
return {redis.call('HGET', KEYS[2], 'epoch'), id, tostring(now), snapshot[1], snapshot[2], snapshot[3], redis.call('ZRANGE', KEYS[3], 0, -1)}`;

/**
 * ARGV: member, version seen, last id seen, event, the number of requests that others may have sent
 * since. Returns {1, version}, {0, missed entries} or {-1}.
 */
export const CLAIM = `${MEMBER}
local missed = redis.call('HGET', KEYS[2], 'version') - ARGV[2]
if missed < 0 or missed > tonumber(ARGV[5]) then return {0, redis.call('XRANGE', KEYS[1], '(' .. ARGV[3], '+')} end
local v = redis.call('HINCRBY', KEYS[2], 'version', 1)
redis.call('XADD', KEYS[1], '*', 'm', ARGV[1], 'e', ARGV[4], 'v', v)
return {1, v}`;

/** ARGV: member, event, 1 if the event reduces the room. */
export const TELL = `${MEMBER}
if ARGV[3] == '1' then
  redis.call('XADD', KEYS[1], '*', 'm', ARGV[1], 'e', ARGV[2], 'v', redis.call('HINCRBY', KEYS[2], 'version', 1000000))
else
  redis.call('XADD', KEYS[1], '*', 'm', ARGV[1], 'e', ARGV[2])
end
return {1}`;

/** ARGV: member, lease in ms, ms to keep the log. Returns {1, now, age of the snapshot} or {-1}. */
export const BEAT = `${MEMBER}
${NOW}
redis.call('ZADD', KEYS[3], now + ARGV[2], ARGV[1])
${EXPEL}
redis.call('XTRIM', KEYS[1], 'MINID', '~', now - ARGV[3])
${KEEP}
return {1, tostring(now), now - (redis.call('HGET', KEYS[4], 'at') or 0)}`;

/** ARGV: member, the last id that the snapshot includes, its state, when it was taken. */
export const SAVE = `${MEMBER}
redis.call('HSET', KEYS[4], 'id', ARGV[2], 'state', ARGV[3], 'at', ARGV[4])
redis.call('PEXPIRE', KEYS[4], 600000)
redis.call('XADD', KEYS[1], '*', 'm', ARGV[1], 'e', '{"type":"saved"}')
return {1}`;

/** Returns the snapshot, and the log after it. */
export const AGREED = `local snapshot = redis.call('HMGET', KEYS[4], 'id', 'state', 'at')
return {snapshot[1], snapshot[2], snapshot[3], redis.call('XRANGE', KEYS[1], '(' .. (snapshot[1] or '0-0'), '+')}`;

/** ARGV: member. */
export const LEAVE = `if redis.call('ZREM', KEYS[3], ARGV[1]) == 1 then
  redis.call('XADD', KEYS[1], '*', 'm', ARGV[1], 'e', '{"type":"gone"}')
end
return {1}`;

/** Checks that the server can be used: writes, streams and features of Redis 6.2. */
export const PROBE = `redis.call('XADD', KEYS[1], '*', 'probe', '1')
redis.call('XTRIM', KEYS[1], 'MINID', '~', 0)
return redis.call('PEXPIRE', KEYS[1], 1000)`;
