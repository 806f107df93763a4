/**
 * A budget in the store. KEYS: 1 its sums in billionths of a dollar (a hash), 2 the runs and when
 * their leases end (a sorted set). Fields of the hash: `spent:RUN`, `open:RUN:ID` for each
 * reservation, and `spent:done` for runs that have ended. ARGV starts with the run and its lease in
 * ms.
 */

const BEGIN = `local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local me = ARGV[1]
for i = 1, 2 do redis.call('PEXPIRE', KEYS[i], 2592000000) end`;

/** Formats a whole number for Redis: Lua would write 1e+15. */
const WHOLE = `local function whole(n) return string.format('%.0f', n) end`;

/** Counts the reservations of a run as spent if it no longer renews its lease. */
const FOLD_RUN = `local function fold(run)
  local sum = 0
  local fields = redis.call('HGETALL', KEYS[1])
  for i = 1, #fields, 2 do
    if fields[i] == 'spent:' .. run or string.sub(fields[i], 1, #run + 6) == 'open:' .. run .. ':' then
      sum = sum + fields[i + 1]
      redis.call('HDEL', KEYS[1], fields[i])
    end
  end
  redis.call('HINCRBY', KEYS[1], 'spent:done', whole(sum))
  redis.call('ZREM', KEYS[2], run)
end`;

const ALIVE = `${BEGIN}
${WHOLE}
${FOLD_RUN}
if not redis.call('HGET', KEYS[1], 'spent:' .. me) then return {-1} end
redis.call('ZADD', KEYS[2], now + ARGV[2], me)
for _, run in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. now)) do fold(run) end`;

/**
 * Further ARGV: how many of the next arguments are this run's own fields and values, then these,
 * then the fields and values of other runs as this run last saw them.
 */
export const MERGE = `${BEGIN}
local own = tonumber(ARGV[3])
local here = {}
for _, run in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do here[run] = true end
for i = 4, 3 + own, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = 4 + own, #ARGV - 1, 2 do
  local run = string.match(ARGV[i], '^%a+:([^:]+)')
  local before = tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or '0')
  if run ~= me and not here[run] and tonumber(ARGV[i + 1]) > before then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    if run ~= 'done' then redis.call('ZADD', KEYS[2], 'NX', now + ARGV[2], run) end
  end
end
redis.call('ZADD', KEYS[2], now + ARGV[2], me)
for i = 1, 2 do redis.call('PEXPIRE', KEYS[i], 2592000000) end
return {1}`;

/**
 * Further ARGV: id, cost of one attempt, number of attempts, cap. Returns {1, attempts covered (0:
 * others may release money, -1: no run can), money left}.
 */
export const RESERVE = `${ALIVE}
local spent, open = 0, 0
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, 5) == 'open:' then open = open + fields[i + 1] else spent = spent + fields[i + 1] end
end
local attempt, attempts, cap = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local left = cap - spent - open
local fits = attempts
if attempt > 0 then fits = math.min(attempts, math.floor(left / attempt)) elseif left < 0 then fits = 0 end
if fits < 1 or (open > 0 and fits < attempts) then
  if attempt > cap - spent then return {1, -1, whole(cap - spent - open)} end
  if open > 0 then return {1, 0, whole(left)} end
  if fits < 1 then return {1, -1, whole(left)} end
end
redis.call('HSET', KEYS[1], 'open:' .. me .. ':' .. ARGV[3], whole(fits * attempt))
return {1, fits, whole(left)}`;

/**
 * Further ARGV: id, what was reserved, what was spent of it. If the reservation already counts as
 * spent, only the excess is added.
 */
export const SETTLE = `${ALIVE}
if redis.call('HDEL', KEYS[1], 'open:' .. me .. ':' .. ARGV[3]) == 1 then
  redis.call('HINCRBY', KEYS[1], 'spent:' .. me, ARGV[5])
elseif tonumber(ARGV[5]) > tonumber(ARGV[4]) then
  redis.call('HINCRBY', KEYS[1], 'spent:' .. me, whole(ARGV[5] - ARGV[4]))
end
return {1}`;

/** Returns {1, all sums}. */
export const RENEW = `${ALIVE}
return {1, redis.call('HGETALL', KEYS[1])}`;

/** Moves what the run spent, and what it still has reserved, to `spent:done`. */
export const FOLD = `${ALIVE}
fold(me)
return {1}`;
