-- Budgets, strictly: one script, so that nobody else counts in between.
--
-- KEYS: leases, hold of this call, then one hash per line {spent, reserved}.
-- ARGV: operation, now (ms), lease (ms), life of a line (ms), call id, wanted, least, then per line: spent by the ledger, limit.
-- A line's `spent` only grows: it is the greatest sum that the ledger was ever seen to have.
local leases, hold = KEYS[1], KEYS[2]
local operation, now, lease, life = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local call, wanted, least = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local lines = #KEYS - 2

local function release(name)
  local held = redis.call('HGETALL', name)
  local micros = 0
  for i = 1, #held, 2 do if held[i] == 'micros' then micros = tonumber(held[i + 1]) end end
  for i = 1, #held, 2 do
    if held[i] ~= 'micros' and redis.call('EXISTS', held[i]) == 1 then
      if redis.call('HINCRBY', held[i], 'reserved', -micros) < 0 then redis.call('HSET', held[i], 'reserved', 0) end
    end
  end
  redis.call('DEL', name)
  redis.call('ZREM', leases, name)
end

-- Whoever died between its hold and its settlement gives back here, before anybody is refused because of it.
for _, name in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do release(name) end

local function see_spent(i)
  local line, known = KEYS[2 + i], tonumber(ARGV[6 + 2 * i])
  local spent = tonumber(redis.call('HGET', line, 'spent') or '0')
  if known > spent then spent = known end
  redis.call('HSET', line, 'spent', spent)
  redis.call('HSETNX', line, 'reserved', 0)
  redis.call('PEXPIRE', line, life)
  return spent, tonumber(redis.call('HGET', line, 'reserved'))
end

local answer = {}
if operation == 'settle' then
  -- What was spent counts before what was reserved is free.
  for i = 1, lines do see_spent(i) end
  release(hold)
  return answer
end

local already = redis.call('HGET', hold, 'micros')
local granted = wanted
for i = 1, lines do
  local spent, reserved = see_spent(i)
  local limit = tonumber(ARGV[7 + 2 * i])
  local left = limit - spent - reserved
  answer[2 * i], answer[2 * i + 1] = spent, reserved
  if left < granted then granted = left end
end
if operation == 'standing' then answer[1] = 0 return answer end
if already then answer[1] = tonumber(already) return answer end
if granted < least then answer[1] = -1 return answer end
answer[1] = granted
redis.call('HSET', hold, 'micros', granted)
for i = 1, lines do
  redis.call('HINCRBY', KEYS[2 + i], 'reserved', granted)
  redis.call('HSET', hold, KEYS[2 + i], 1)
end
redis.call('PEXPIRE', hold, 2 * lease)
redis.call('ZADD', leases, now + lease, hold)
redis.call('PEXPIRE', leases, life)
return answer
