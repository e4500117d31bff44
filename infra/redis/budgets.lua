-- Budgets, strictly: one script, so that nobody else counts in between.
--
-- KEYS: age of the store, its filling, leases, hold of this call, then one hash per line {spent, reserved, seen}.
-- ARGV: operation, age that the caller knows, age that a new store gets, filling (ms), now (ms), lease (ms),
--       life of a line (ms), life of a sum (ms), wanted, least, then per line: spent by the ledger (-1: not asked), limit.
-- Answers {verdict, ...}: 'age' and the store's, 'filling', 'unseen', or 'done', granted and per line spent, reserved.
-- A line's `spent` only grows: it is the greatest sum that the ledger was ever seen to have.
local age, filling, leases, hold = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local operation, now, lease = ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[6])
local line_life, sum_life = tonumber(ARGV[7]), tonumber(ARGV[8])
local wanted, least = tonumber(ARGV[9]), tonumber(ARGV[10])
local lines = #KEYS - 4

-- A store that has forgotten everything is of a new age: every process tells what it holds before anybody is granted more.
local current = redis.call('GET', age)
if not current then
  current = ARGV[3]
  redis.call('SET', age, current)
  if tonumber(ARGV[4]) > 0 then redis.call('SET', filling, 1, 'PX', ARGV[4]) end
end
if current ~= ARGV[2] then return {'age', current} end
if operation == 'hold' and redis.call('EXISTS', filling) == 1 then return {'filling'} end

local function release(name, expired)
  local held = redis.call('HGETALL', name)
  local micros = 0
  for i = 1, #held, 2 do if held[i] == 'micros' then micros = tonumber(held[i + 1]) end end
  for i = 1, #held, 2 do
    if held[i] ~= 'micros' and redis.call('EXISTS', held[i]) == 1 then
      if redis.call('HINCRBY', held[i], 'reserved', -micros) < 0 then redis.call('HSET', held[i], 'reserved', 0) end
      -- Nobody said what it cost: the ledger is asked before anybody is granted more.
      if expired then redis.call('HDEL', held[i], 'seen') end
    end
  end
  redis.call('DEL', name)
  redis.call('ZREM', leases, name)
end

-- Whoever died between its hold and its settlement gives back here, before anybody is refused because of it.
for _, name in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do release(name, true) end

local function see_spent(i)
  local line, known = KEYS[4 + i], tonumber(ARGV[9 + 2 * i])
  local spent = tonumber(redis.call('HGET', line, 'spent') or '0')
  if known > spent then spent = known end
  redis.call('HSET', line, 'spent', spent)
  if known >= 0 then redis.call('HSET', line, 'seen', now) end
  redis.call('HSETNX', line, 'reserved', 0)
  redis.call('PEXPIRE', line, line_life)
  return spent, tonumber(redis.call('HGET', line, 'reserved'))
end

if operation == 'settle' then
  -- What was spent counts before what was reserved is free.
  for i = 1, lines do see_spent(i) end
  release(hold, false)
  return {'done', 0}
end

if operation == 'hold' then
  for i = 1, lines do
    local seen = tonumber(redis.call('HGET', KEYS[4 + i], 'seen') or '0')
    if tonumber(ARGV[9 + 2 * i]) < 0 and now - seen > sum_life then return {'unseen'} end
  end
end

local answer = {'done', 0}
local already = redis.call('HGET', hold, 'micros')
local granted = wanted
for i = 1, lines do
  local spent, reserved = see_spent(i)
  local left = tonumber(ARGV[10 + 2 * i]) - spent - reserved
  answer[1 + 2 * i], answer[2 + 2 * i] = spent, reserved
  if left < granted then granted = left end
end
if operation == 'standing' then return answer end
if already then answer[2] = tonumber(already) return answer end
if granted < least then answer[2] = -1 return answer end
answer[2] = granted
redis.call('HSET', hold, 'micros', granted)
for i = 1, lines do
  redis.call('HINCRBY', KEYS[4 + i], 'reserved', granted)
  redis.call('HSET', hold, KEYS[4 + i], 1)
end
redis.call('PEXPIRE', hold, 2 * lease)
redis.call('ZADD', leases, now + lease, hold)
redis.call('PEXPIRE', leases, line_life)
return answer
