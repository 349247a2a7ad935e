namespace Undercroft.Redis.Functions;

/// <summary>The function that judges and applies a commit: the laws of <see cref="Backends.CommitJudge"/>, on the
/// server.</summary>
/// <remarks>Everything is judged before anything is written, so that a refusal leaves nothing half done.</remarks>
internal static class LuaCommit
{
    public const string Source = """
        local VOID = '\255\255\255\255\255\255\255\255\255\255\255\255\255\255\255\255'
        local LAST = '\43\202\40\117\244\55\63\255'
        local CONDITION, UNIQUE, NOT_A_COUNTER, OVERFLOW = 0, 1, 2, 3

        local function add_64(a, b)
          local a1, a2 = unpack('>i4I4', a)
          local b1, b2 = unpack('>i4I4', b)
          local low, high = a2 + b2, a1 + b1
          if low >= 4294967296 then low, high = low - 4294967296, high + 1 end
          if high < -2147483648 or high > 2147483647 then return nil end
          return pack('>i4I4', high, low)
        end

        -- A life is counted from the commit: its first bit is set, which that of an instant is not.
        local function ends_at(expires, now)
          local first = string.byte(expires)
          if first < 128 then return expires end
          local at = add_64(now, string.char(first - 128) .. sub(expires, 2))
          return at and less(at, LAST) and at or LAST
        end

        local function holds(op, before, live)
          local kind = op.condition
          if kind == 0 then return true end
          if kind == 1 then return not live end
          if kind == 2 then return live end
          if kind == 3 then return live and before.rev == op.rev end
          local text = (live or (before and before.dead)) and meta_text(before, op.meta_name) or nil
          return text == op.meta_text
        end

        local function parse_op(key, head, body)
          local kind, condition, rev, a, b, c, unique, at = unpack('>BBI8c8c8c8I4', head)
          local op = { key = key, kind = kind, condition = condition, rev = rev, a = a, b = b, c = c, body = body }
          if unique > 0 then op.unique = sub(head, at, at + unique - 1) end
          if condition == 4 then
            local length, has
            length, at = unpack('>I4', head, at + unique)
            op.meta_name = sub(head, at, at + length - 1)
            has, at = unpack('>B', head, at + length)
            if has == 1 then op.meta_text = sub(head, at) end
          end
          return op
        end

        -- The first live record that holds a key of an index and is not written by the commit.
        local function holder_of(prefix, collection, name, key, now, written, cache)
          local from, before = '[' .. key, '(' .. sub(key, 1, -2) .. '\2'
          while true do
            local members = call('ZRANGEBYLEX', index_key(prefix, collection, name), from, before, 'LIMIT', 0, 100)
            for _, member in ipairs(members) do
              local holder = collection .. '\0' .. sub(member, #key + 1)
              if not written[holder] then
                if cache[holder] == nil then cache[holder] = load_record(prefix, holder) or false end
                if is_live(cache[holder] or nil, now) then return holder end
              end
            end
            if #members < 100 then return nil end
            from = '(' .. members[100]
          end
        end

        local function rival_of(prefix, op, now, written, claims, cache)
          local collection = split(op.key)
          local index, rival
          each_entry(op.unique, function(name, key)
            if rival then return end
            local claim = collection .. '\0' .. name .. '\0' .. key
            if claims[claim] and claims[claim] ~= op.key then
              index, rival = name, claims[claim]
              return
            end
            claims[claim] = op.key
            rival = holder_of(prefix, collection, name, key, now, written, cache)
            index = rival and name
          end)
          return index, rival
        end

        local function judge_unique(prefix, ops, now, cache, conflicts)
          local written, claims = {}, {}
          for _, op in ipairs(ops) do
            -- An addition keeps the entries of its counter, and so what they claim, unless it ends the counter.
            if op.kind == 1 or op.kind == 2 or (op.kind == 3 and not less(now, op.b)) then
              written[op.key] = true
            end
          end
          for i, op in ipairs(ops) do
            if op.kind == 1 and op.unique and less(now, op.a) then
              local index, rival = rival_of(prefix, op, now, written, claims, cache)
              if rival then
                local before = cache[op.key] or nil
                conflicts[#conflicts + 1] =
                  { i - 1, UNIQUE, is_live(before, now) and before.rev or 0, index, select(2, split(rival)) }
              end
            end
          end
        end

        -- What an operation comes to: a record to write, or the kind of its conflict, or nothing.
        local function plan(op, before, live, now, origin)
          if op.kind == 1 then
            local updated = op.c ~= UNSET and op.c or now
            local created = op.b ~= UNSET and op.b or live and before.created or updated
            return { created = created, updated = updated, expires = op.a, origin = origin, body = op.body }
          end
          if op.kind == 2 then
            if not live and sub(op.a, 1, 1) ~= '\1' then return nil end
            local updated = op.c ~= UNSET and op.c or now
            return { dead = true, created = before and before.created or updated, updated = updated,
              origin = origin, body = op.body }
          end
          if op.kind == 3 then
            local value = live and value_of(before) or ZERO
            if #value ~= 8 then return nil, NOT_A_COUNTER end
            local sum = add_64(value, op.a)
            if not sum then return nil, OVERFLOW end
            local head = live and sub(before.raw, before.body, #before.raw - 8) or '\0\0\0\4\0\0\0\4\0\0\0\0\0\0\0\0'
            return { created = live and before.created or now, updated = now, expires = op.b, origin = origin,
              body = head .. sum, counter = sum }
          end
          return nil
        end

        local function judge(prefix, args, first, now, origin)
          local ops, cache, writes, conflicts, counters, has_unique = {}, {}, {}, {}, {}, false
          for at = first, #args, 3 do
            local op = parse_op(args[at], args[at + 1], args[at + 2])
            local i = #ops + 1
            ops[i] = op
            if op.kind == 1 then op.a = ends_at(op.a, now) end
            if cache[op.key] == nil then cache[op.key] = load_record(prefix, op.key) or false end
            local before = cache[op.key] or nil
            local live = is_live(before, now)
            local write, refused
            if holds(op, before, live) then
              write, refused = plan(op, before, live, now, origin)
              has_unique = has_unique or (op.kind == 1 and op.unique ~= nil)
            else
              refused = CONDITION
            end
            if refused then
              conflicts[#conflicts + 1] = { i - 1, refused, live and before.rev or 0, '', '' }
            elseif write then
              write.key, write.before = op.key, before
              writes[#writes + 1] = write
              if write.counter then counters[#counters + 1] = write.counter end
            end
          end
          if has_unique then judge_unique(prefix, ops, now, cache, conflicts) end
          return writes, conflicts, table.concat(counters)
        end

        -- An identity that a conflict has ended is judged again where it is its owner who repeats it once more.
        local function find_result(prefix, state, client, num, digest, ends)
          local found = call('HMGET', prefix .. 'l', client, client .. num)
          if found[2] then
            local answer
            if found[2] == VOID and ends == '1' then return found[1], nil, true end
            if sub(found[2], 1, 16) == digest then
              -- Whoever waits for replicas waits for what this connection has written: so it writes.
              call('HSET', prefix .. 'm', 'clock', state.clock)
              answer = { 2, (unpack('>I8', found[2], 17)), sub(found[2], 25, 32), sub(found[2], 33) }
            else
              answer = { 3 }
            end
            return nil, answer
          end
          if found[1] and not less(sub(found[1], 1, 8), num) then return nil, { 4, sub(found[1], 1, 8) } end
          return found[1]
        end

        -- The first try may still be on its way: with this in its place it can only be refused.
        local function end_identity(prefix, row, args, now)
          local used = unpack('>I8', now)
          keep_result(prefix, row, args[7], args[8], VOID, tonumber(args[10]), number(used), args[11])
        end

        -- KEYS: the store's row. ARGV: 1 epoch, 2 clock, 3 now or '', 4 the opening's salt, 5 whether it has begun,
        -- 6 a fresh salt, 7 client or '', 8 number, 9 digest, 10 results kept, 11 instant of the oldest client kept,
        -- 12 origin, 13 '1' where a conflict ends the identity, 14 how many words about jobs; where there are any,
        -- 15 '1' where there is work now, 16 what the jobs came to, and the others; then three for each operation.
        local function commit(keys, args)
          local prefix = sub(keys[1], 1, -2)
          require_whole(prefix)
          local state, refusal = load_state(prefix, args[1])
          if refusal then return refusal end
          local clock = less(args[2], state.clock) and state.clock or args[2]
          local now = args[3] ~= '' and args[3] or clock
          local client, row, is_void = args[7], nil, false
          if client ~= '' then
            row, refusal, is_void = find_result(prefix, state, client, args[8], args[9], args[13])
            if refusal then return refusal end
          end

          local first = 15 + tonumber(args[14])
          local job_writes
          if first > 15 then
            job_writes = check_jobs(prefix, args, 17)
            if not job_writes then
              if args[13] == '1' and not is_void then end_identity(prefix, row, args, now) end
              return { 9 }
            end
          end

          local writes, conflicts, counters = judge(prefix, args, first, now, args[12])
          if #conflicts > 0 then
            if args[13] == '1' and not is_void then end_identity(prefix, row, args, now) end
            return { 1, state.seq, now, conflicts }
          end

          local has_advanced = #writes > 0
          if has_advanced then
            begin_segment(prefix, state, args[4], args[5], args[6])
            local seen, rev = {}, state.seq + 1
            for _, write in ipairs(writes) do
              local apply = write.dead and write_dead or write_live
              apply(prefix, write.key, write.before, write, rev, seen)
            end
            advance(prefix, state, clock)
          elseif job_writes and args[15] == '1' then
            -- A revision with no record: others look at the latest to see whether there is news.
            begin_segment(prefix, state, args[4], args[5], args[6])
            advance(prefix, state, clock)
            has_advanced = true
          end
          if job_writes then write_jobs(prefix, args, job_writes, first - 1) end
          if client ~= '' then
            local used = unpack('>I8', now)
            local result = args[9] .. pack('>I8', state.seq) .. now .. counters .. (job_writes and args[16] or '')
            if is_void then
              call('HSET', prefix .. 'l', client .. args[8], result)
            else
              keep_result(prefix, row, client, args[8], result, tonumber(args[10]), number(used), args[11])
            end
          end
          return { 0, state.seq, now, counters, has_advanced and 1 or 0 }
        end

        """;
}
