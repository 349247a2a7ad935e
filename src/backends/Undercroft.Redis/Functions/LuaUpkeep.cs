namespace Undercroft.Redis.Functions;

/// <summary>The functions of maintenance. Each call does a bounded step, for Redis does nothing else meanwhile.
/// </summary>
internal static class LuaUpkeep
{
    public const string Source = """
        -- KEYS: the store's row. ARGV: 1 epoch, 2 clock, 3 now, 4 the opening's salt, 5 whether it has begun, 6 a fresh
        -- salt, 7 records at most. Turns expired records into tombstones, as one commit.
        local function expire(keys, args)
          local prefix = sub(keys[1], 1, -2)
          require_whole(prefix)
          local state, refusal = load_state(prefix, args[1])
          if refusal then return refusal end
          local clock = less(args[2], state.clock) and state.clock or args[2]
          local gone = call('ZRANGEBYLEX', prefix .. 'x', '-', '(' .. args[3] .. '\255', 'LIMIT', 0, args[7])
          if #gone == 0 then return { 0, 0, state.seq } end
          begin_segment(prefix, state, args[4], args[5], args[6])
          local seen, rev, empty = {}, state.seq + 1, '\0\0\0\4\0\0\0\4\0\0\0\0\0\0\0\0'
          for _, member in ipairs(gone) do
            local key = sub(member, 9)
            local before = load_record(prefix, key)
            if before then
              write_dead(prefix, key, before,
                { created = before.created, updated = args[3], origin = '\0\0', body = empty }, rev, seen)
            end
          end
          advance(prefix, state, clock)
          return { 0, #gone, state.seq }
        end

        -- KEYS: the store's row. ARGV: 1 epoch, 2 rank of the first tombstone, 3 latest revision or '+inf', 4 instant
        -- before which they were written or '', 5 how many to look at.
        local function forget(keys, args)
          local prefix = sub(keys[1], 1, -2)
          require_whole(prefix)
          local state, refusal = load_state(prefix, args[1])
          if refusal then return refusal end
          local rank, max = tonumber(args[2]), tonumber(args[5])
          local rows = call('ZRANGE', prefix .. 't', rank, rank + max - 1, 'WITHSCORES')
          local through = args[3] == '+inf' and math.huge or tonumber(args[3])
          local horizon, changed = state.horizon, 0
          for at = 1, #rows, 2 do
            local key, rev = rows[at], tonumber(rows[at + 1])
            local record = load_record(prefix, key)
            if record and rev <= through and (args[4] == '' or less(record.updated, args[4])) then
              call('DEL', prefix .. 'r:' .. key)
              call('ZREM', prefix .. 'f', key)
              call('ZREM', prefix .. 't', key)
              changed = changed + 1
              if rev > horizon then horizon = rev end
            end
          end
          if changed > 0 then call('HSET', prefix .. 'm', 'horizon', number(horizon)) end
          return { 0, #rows / 2, changed, #rows == 2 * max and 1 or 0 }
        end

        -- KEYS: the store's row. ARGV: 1 instant of the oldest client kept, 2 clients at most.
        local function prune(keys, args)
          local prefix = sub(keys[1], 1, -2)
          require_whole(prefix)
          return prune_clients(prefix, args[1], tonumber(args[2]))
        end

        local function usage(key)
          local bytes = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', '5')
          return type(bytes) == 'number' and bytes or 0
        end

        -- KEYS: the store's row. ARGV: 1 collection, 2 id to begin after or '', 3 now, 4 ids at most.
        local function measure(keys, args)
          local prefix, collection = sub(keys[1], 1, -2), args[1]
          local from = args[2] == '' and '-' or '(' .. args[2]
          local zset = prefix .. 'k:' .. collection
          local ids = call('ZRANGEBYLEX', zset, from, '+', 'LIMIT', 0, args[4])
          local live, values, stored = 0, 0, args[2] == '' and usage(zset) or 0
          for _, id in ipairs(ids) do
            local key = prefix .. 'r:' .. collection .. '\0' .. id
            local head = call('GETRANGE', key, 0, 42)
            stored = stored + usage(key)
            if #head >= 35 and less(args[3], sub(head, 26, 33)) then
              local origin = unpack('>I2', head, 34)
              if origin > 0 then head = sub(head, 1, 35) .. call('GETRANGE', key, 35 + origin, 42 + origin) end
              local meta, entries = unpack('>I4I4', head, 36)
              live = live + 1
              values = values + call('STRLEN', key) - 43 - origin - meta - entries
            end
          end
          return { live, values, stored, #ids == tonumber(args[4]) and ids[#ids] or '', #ids }
        end

        -- KEYS: the store's row. ARGV: 1 kind of list ('c' collections, 'j' indexes), 2 name to begin after or '',
        -- 3 names at most.
        local function list(keys, args)
          local from = args[2] == '' and '-' or '(' .. args[2]
          return call('ZRANGEBYLEX', sub(keys[1], 1, -2) .. args[1], from, '+', 'LIMIT', 0, args[3])
        end

        -- KEYS: the store's row. ARGV: 1 rank of the first tombstone, 2 how many. Bytes of the store's own keys come
        -- with the first.
        local function tombstones(keys, args)
          local prefix, rank, max = sub(keys[1], 1, -2), tonumber(args[1]), tonumber(args[2])
          local found, stored = call('ZRANGE', prefix .. 't', rank, rank + max - 1), 0
          if rank == 0 then
            for _, name in ipairs({ 'm', 'f', 't', 'x', 'c', 'j', 'l', 'u', 'J', 'C', 'Q', 'T' }) do
              stored = stored + usage(prefix .. name)
            end
          end
          for at, key in ipairs(found) do
            stored = stored + usage(prefix .. 'r:' .. key)
            found[at] = split(key)
          end
          return { stored, found }
        end

        """;
}
