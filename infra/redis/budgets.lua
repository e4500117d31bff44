-- Budgets, strictly: one script, so that nobody else counts in between.
--
-- KEYS: age of the store, its filling, tenants with leases, leases, hold of this call, then one hash per line
--       {spent, forgiven, reserved, seen}.
-- ARGV: operation, age that the caller knows, age that a new store gets, filling (ms), lease (ms),
--       life of a line (ms), life of a sum (ms), wanted, least,
--       then per line: spent by the ledger (-1: not asked), forgiven of it, limit.
-- Answers {verdict, ...}: 'age' and the store's, 'filling', 'unseen', or 'done', granted and per line spent, forgiven,
-- reserved. A sweep answers 'done' and how many holds it has ended.
-- A line's `spent` and `forgiven` only grow: each is the greatest that the ledger was ever seen to have.
local age, filling, tenants, leases, hold = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local operation, lease = ARGV[1], tonumber(ARGV[5])
local line_life, sum_life = tonumber(ARGV[6]), tonumber(ARGV[7])
local wanted, least = tonumber(ARGV[8]), tonumber(ARGV[9])
local before, of_line = 5, 3
-- One clock for everybody: a process whose own is wrong would end the holds of others before their time.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local lines = #KEYS - before

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
local ended = redis.call('ZRANGEBYSCORE', leases, '-inf', now)
for _, name in ipairs(ended) do release(name, true) end

if operation == 'sweep' then
  local next_one = redis.call('ZRANGE', leases, 0, 0, 'WITHSCORES')
  if next_one[2] then redis.call('ZADD', tenants, next_one[2], leases) else redis.call('ZREM', tenants, leases) end
  return {'done', #ended}
end

local function argument(i, which) return tonumber(ARGV[9 + of_line * (i - 1) + which]) end

local function greatest(line, field, known)
  local former = tonumber(redis.call('HGET', line, field) or '0')
  if known > former then former = known end
  redis.call('HSET', line, field, former)
  return former
end

local function see(i)
  local line, known = KEYS[before + i], argument(i, 1)
  local spent, forgiven = greatest(line, 'spent', known), greatest(line, 'forgiven', argument(i, 2))
  if known >= 0 then redis.call('HSET', line, 'seen', now) end
  redis.call('HSETNX', line, 'reserved', 0)
  redis.call('PEXPIRE', line, line_life)
  return spent, forgiven, tonumber(redis.call('HGET', line, 'reserved'))
end

-- What was spent counts before what was reserved is free.
if operation == 'settle' then
  for i = 1, lines do see(i) end
  release(hold, false)
end

if operation == 'hold' then
  for i = 1, lines do
    local seen = tonumber(redis.call('HGET', KEYS[before + i], 'seen') or '0')
    if argument(i, 1) < 0 and now - seen > sum_life then return {'unseen'} end
  end
end

local answer = {'done', 0}
local already = redis.call('HGET', hold, 'micros')
local granted = wanted
for i = 1, lines do
  local spent, forgiven, reserved = see(i)
  local left = argument(i, 3) + forgiven - spent - reserved
  table.insert(answer, spent)
  table.insert(answer, forgiven)
  table.insert(answer, reserved)
  if left < granted then granted = left end
end
if operation == 'standing' or operation == 'settle' then return answer end
if already then answer[2] = tonumber(already) return answer end
if granted < least then answer[2] = -1 return answer end
answer[2] = granted
redis.call('HSET', hold, 'micros', granted)
for i = 1, lines do
  redis.call('HINCRBY', KEYS[before + i], 'reserved', granted)
  redis.call('HSET', hold, KEYS[before + i], 1)
end
redis.call('ZADD', leases, now + lease, hold)
-- Whatever says how much is to be given back, and where, outlives the lines that it would be given back to.
redis.call('PEXPIRE', hold, line_life)
redis.call('PEXPIRE', leases, line_life)
local first = tonumber(redis.call('ZSCORE', tenants, leases) or '0')
if first == 0 or first > now + lease then redis.call('ZADD', tenants, now + lease, leases) end
return answer
