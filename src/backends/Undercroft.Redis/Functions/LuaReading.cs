namespace Undercroft.Redis.Functions;

/// <summary>The functions that read: opening, records in less than their whole, scans, the feed.</summary>
internal static class LuaReading
{
    public const string Source = """
        -- KEYS: the store's row. ARGV: the commands needed. Finds a store, and writes nothing: a server whose memory is
        -- full lets it run.
        local function look(keys, args)
          for _, needed in ipairs(args) do
            local ok, allowed = pcall(redis.acl_check_cmd, needed, keys[1])
            if ok and not allowed then return { 8, needed } end
          end
          local row = call('HMGET', keys[1], 'format', 'epoch', 'clock')
          if not row[1] then return { 6 } end
          if tonumber(row[1]) ~= FORMAT then return { 7, tostring(row[1]) } end
          return { 0, row[2], row[3] }
        end

        -- KEYS: the store's row. ARGV: 1 a new epoch, 2 clock. Makes a store where there is none yet.
        local function open(keys, args)
          require_whole(sub(keys[1], 1, -2))
          if not call('HGET', keys[1], 'format') then
            call('HSET', keys[1], 'format', FORMAT, 'epoch', args[1], 'seq', 0, 'clock', args[2], 'horizon', 0,
              'run', '', 'life', life_id(), 'version', '')
          end
          return look(keys, {})
        end

        -- A record as far as it is wanted: 0 whole, 1 without its value, 2 its head.
        local function cut(prefix, key, detail)
          if detail == 0 then return call('GET', prefix .. 'r:' .. key) end
          if detail == 2 then return call('GETRANGE', prefix .. 'r:' .. key, 0, 32) end
          local raw = call('GETRANGE', prefix .. 'r:' .. key, 0, 1023)
          if #raw < 35 then return raw end
          local origin = unpack('>I2', raw, 34)
          if #raw < 43 + origin then
            raw = call('GETRANGE', prefix .. 'r:' .. key, 0, 42 + origin)
          end
          local need = 43 + origin + unpack('>I4', raw, 36 + origin)
          if #raw < need then raw = call('GETRANGE', prefix .. 'r:' .. key, 0, need - 1) end
          return sub(raw, 1, need)
        end

        -- KEYS: the store's row. ARGV: 1 detail, then a key and the revision known (or 0) for each record.
        local function read(keys, args)
          local prefix, detail = sub(keys[1], 1, -2), tonumber(args[1])
          local found = {}
          for at = 2, #args, 2 do
            local known, raw = args[at + 1], false
            if known ~= '0' then
              raw = call('GETRANGE', prefix .. 'r:' .. args[at], 0, 32)
              if #raw == 33 and number((unpack('>I8', raw, 2))) ~= known then raw = false end
            end
            found[#found + 1] = raw or cut(prefix, args[at], detail) or ''
          end
          return found
        end

        -- KEYS: the store's row. ARGV: 1 collection, 2 index or '', 3 least, 4 greatest (as ZRANGEBYLEX has them),
        -- 5 '1' for back to front, 6 limit, 7 now, 8 detail, 9 bytes at most, 10 members looked at at most.
        local function scan(keys, args)
          local prefix, collection, index = sub(keys[1], 1, -2), args[1], args[2]
          local least, greatest, back = args[3], args[4], args[5] == '1'
          local limit, now, detail = tonumber(args[6]), args[7], tonumber(args[8])
          local bytes_max, look_max = tonumber(args[9]), tonumber(args[10])
          local zset = index == '' and prefix .. 'k:' .. collection or index_key(prefix, collection, index)
          local items, bytes, looked, count = {}, 0, 0, 0
          while true do
            local step = math.min(limit + 1 - count, 256)
            local members
            if back then
              members = call('ZREVRANGEBYLEX', zset, greatest, least, 'LIMIT', 0, step)
            else
              members = call('ZRANGEBYLEX', zset, least, greatest, 'LIMIT', 0, step)
            end
            for _, member in ipairs(members) do
              local id = index == '' and member or sub(member, find(member, '\0\1', 1, true) + 2)
              local key = collection .. '\0' .. id
              local full = count == limit or bytes >= bytes_max
              local raw = cut(prefix, key, full and 2 or detail)
              looked = looked + 1
              if raw and #raw >= 33 and less(now, sub(raw, 26, 33)) then
                if full then return { 1, items[#items - 1], items } end
                count = count + 1
                items[#items + 1] = member
                items[#items + 1] = raw
                bytes = bytes + #raw
              end
            end
            if #members < step then return { 0, '', items } end
            local last = members[#members]
            if looked >= look_max then return { 1, last, items } end
            if back then greatest = '(' .. last else least = '(' .. last end
          end
        end

        local function segments_for(prefix, state, known)
          if known == state.version then return '' end
          return call('HGET', prefix .. 'm', 'segments') or ''
        end

        -- KEYS: the store's row. ARGV: 1 epoch, 2 after (a revision or 'end'), 3 limit, 4 now, 5 detail, 6 origin left
        -- out or '', 7 the latest salt known, 8 bytes at most, 9 members looked at at most, then collections.
        local function changes(keys, args)
          local prefix = sub(keys[1], 1, -2)
          local state, refusal = load_state(prefix, args[1])
          if refusal then return refusal end
          local after = args[2] == 'end' and state.seq or tonumber(args[2])
          local limit, now, detail = tonumber(args[3]), args[4], tonumber(args[5])
          local bytes_max, look_max = tonumber(args[8]), tonumber(args[9])
          local wanted
          for at = 10, #args do
            wanted = wanted or {}
            wanted[args[at]] = true
          end
          local items, through, more = {}, state.seq, 0
          local count, bytes, looked, last = 0, 0, 0, nil
          local rank = limit > 0 and call('ZCOUNT', prefix .. 'f', '-inf', number(after)) or nil
          while rank do
            local step = math.min(math.max(limit - count, 0) + 16, 256)
            local rows = call('ZRANGE', prefix .. 'f', rank, rank + step - 1, 'WITHSCORES')
            for at = 1, #rows, 2 do
              local key, rev = rows[at], tonumber(rows[at + 1])
              if (count >= limit or bytes >= bytes_max or looked >= look_max) and rev ~= last then
                through, more, rank = last, 1, nil
                break
              end
              last = rev
              looked = looked + 1
              if not wanted or wanted[(split(key))] then
                local raw = cut(prefix, key, args[6] ~= '' and detail == 2 and 1 or detail)
                if raw and #raw >= 33 and less(now, sub(raw, 26, 33)) and
                  (args[6] == '' or sub(raw, 34, 33 + #args[6]) ~= args[6]) then
                  count = count + 1
                  bytes = bytes + #raw
                  items[#items + 1] = key
                  items[#items + 1] = raw
                end
              end
            end
            if rank then rank = #rows == 2 * step and rank + step or nil end
          end
          return { 0, state.seq, state.horizon, state.version, segments_for(prefix, state, args[7]), through, more,
            items }
        end

        """;
}
