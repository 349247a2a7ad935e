namespace Undercroft.Redis.Functions;

/// <summary>The functions that look for what does not fit together, a bounded step at a time.</summary>
internal static class LuaVerify
{
    public const string Source = """
        local function entries_problem(prefix, key, record)
          local collection, id = split(key)
          local problem
          each_entry(entries_of(record), function(name, entry)
            if not call('ZSCORE', index_key(prefix, collection, name), entry .. id) then problem = name end
          end)
          return problem
        end

        local function check_record(prefix, key, rev, latest)
          local record = load_record(prefix, key)
          if not record then return 'missing', '' end
          if record.rev ~= rev then return 'revision', number(record.rev) end
          if rev > latest then return 'ahead', number(rev) end
          local collection, id = split(key)
          local listed = call('ZSCORE', prefix .. 'k:' .. collection, id)
          local buried = call('ZSCORE', prefix .. 't', key)
          if record.dead then
            if listed then return 'listed', '' end
            if tonumber(buried or -1) ~= rev then return 'unburied', '' end
            if record.expires ~= NEVER or value_of(record) ~= '' then return 'dead', '' end
            return nil
          end
          if not listed then return 'unlisted', '' end
          if buried then return 'buried', '' end
          if record.expires ~= NEVER and not call('ZSCORE', prefix .. 'x', record.expires .. key) then
            return 'unexpiring', ''
          end
          local index = entries_problem(prefix, key, record)
          if index then return 'entry', index end
        end

        -- KEYS: the store's row. ARGV: 1 epoch, 2 revision to begin after, 3 records at most (a commit is not split).
        local function verify(keys, args)
          local prefix = sub(keys[1], 1, -2)
          local state, refusal = load_state(prefix, args[1])
          if refusal then return refusal end
          local max, problems, looked, last = tonumber(args[3]), {}, 0, tonumber(args[2])
          local rank = call('ZCOUNT', prefix .. 'f', '-inf', args[2])
          while true do
            local rows = call('ZRANGE', prefix .. 'f', rank, rank + 99, 'WITHSCORES')
            for at = 1, #rows, 2 do
              local key, rev = rows[at], tonumber(rows[at + 1])
              if looked >= max and rev ~= last then
                return { 0, looked, last, 1, problems, state.seq, state.horizon, state.version }
              end
              last, looked = rev, looked + 1
              local kind, detail = check_record(prefix, key, rev, state.seq)
              if kind then problems[#problems + 1] = { kind, key, detail } end
            end
            if #rows < 200 then
              return { 0, looked, last, 0, problems, state.seq, state.horizon, state.version }
            end
            rank = rank + 100
          end
        end

        -- KEYS: the store's row. ARGV: 1 what to walk ('k' ids, 'i' an index, 'x' expiry), 2 collection, 3 index,
        -- 4 member to begin after or '', 5 members at most. Each must lead to a record that says the same.
        local function verify_back(keys, args)
          local prefix, kind, collection = sub(keys[1], 1, -2), args[1], args[2]
          local zset = kind == 'k' and prefix .. 'k:' .. collection or kind == 'x' and prefix .. 'x' or
            index_key(prefix, collection, args[3])
          local from = args[4] == '' and '-' or '(' .. args[4]
          local members = call('ZRANGEBYLEX', zset, from, '+', 'LIMIT', 0, args[5])
          local problems = {}
          for _, member in ipairs(members) do
            local key = kind == 'k' and collection .. '\0' .. member or kind == 'x' and sub(member, 9)
            local entry
            if not key then
              local at = find(member, '\0\1', 1, true)
              entry, key = sub(member, 1, at + 1), collection .. '\0' .. sub(member, at + 2)
            end
            local record = load_record(prefix, key)
            local fits = record and not record.dead
            if fits and kind == 'x' then fits = record.expires == sub(member, 1, 8) end
            if fits and kind == 'i' then
              fits = false
              each_entry(entries_of(record), function(name, has)
                if name == args[3] and has == entry then fits = true end
              end)
            end
            if fits and kind == 'k' then fits = call('ZSCORE', prefix .. 'f', key) end
            if not fits then problems[#problems + 1] = { kind == 'i' and 'stray' or kind, key, args[3] } end
          end
          return { #members, #members == tonumber(args[5]) and members[#members] or '', problems }
        end

        -- KEYS: the store's row. Gives the horizon's and the history's rows, for the reader to check.
        local function history(keys, args)
          local prefix = sub(keys[1], 1, -2)
          local state, refusal = load_state(prefix, args[1])
          if refusal then return refusal end
          return { 0, state.seq, state.horizon, state.version, call('HGET', keys[1], 'segments') or '' }
        end

        """;
}
