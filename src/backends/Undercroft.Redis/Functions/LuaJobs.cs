namespace Undercroft.Redis.Functions;

/// <summary>The part of the function library that keeps jobs. What becomes of them the one judge of jobs decides, where
/// the caller is: here its decision is kept, if what it was based on still stands.</summary>
/// <remarks>
/// Rows lie in a hash by id, cells in another by name, each behind a version of eight bytes; lists are sorted sets
/// without scores, in the order of their members. All of a decision is a few calls, whatever the number of jobs.
/// </remarks>
internal static class LuaJobs
{
    public const string Source = """
        local CHUNK = 2000

        -- Calls a command with a stretch of the arguments, a bounded number at a time.
        local function call_each(command, key, args, first, last)
          for at = first, last, CHUNK do
            local ends = at + CHUNK - 1
            if ends > last then ends = last end
            call(command, key, spread(args, at, ends))
          end
        end

        -- Whether rows or cells are as they were: their number, their names, their versions ('' where there was none).
        -- Gives the place behind them; nil where something has changed.
        local function are_same(key, args, at)
          local count = tonumber(args[at])
          for first = 1, count, CHUNK do
            local ends = first + CHUNK - 1
            if ends > count then ends = count end
            local found = call('HMGET', key, spread(args, at + first, at + ends))
            for i = first, ends do
              local has = found[i - first + 1]
              if (has and sub(has, 1, 8) or '') ~= args[at + count + i] then return nil end
            end
          end
          return at + 2 * count + 1
        end

        -- A number, then so many words for a command; gives the place behind them.
        local function call_counted(command, key, args, at)
          local count = tonumber(args[at])
          if count > 0 then call_each(command, key, args, at + 1, at + count) end
          return at + count + 1
        end

        -- Whether a decision may be kept: ARGV from 'at' on are rows, then cells, as they were. Gives the place behind.
        local function check_jobs(prefix, args, at)
          at = are_same(prefix .. 'J', args, at)
          return at and are_same(prefix .. 'C', args, at)
        end

        -- Keeps a decision: rows and cells to set and to forget, counts by queue and state, then the lists.
        local function write_jobs(prefix, args, at, last)
          at = call_counted('HSET', prefix .. 'J', args, at)
          at = call_counted('HDEL', prefix .. 'J', args, at)
          at = call_counted('HSET', prefix .. 'C', args, at)
          at = call_counted('HDEL', prefix .. 'C', args, at)
          local count = tonumber(args[at])
          for i = at + 1, at + count, 2 do call('HINCRBY', prefix .. 'Q', args[i], args[i + 1]) end
          at = at + count + 1
          while at <= last do
            local key = prefix .. args[at]
            at = call_counted('ZREM', key, args, at + 1)
            at = call_counted('ZADD', key, args, at)
          end
        end

        local function rows_of(key, names)
          local found = {}
          for first = 1, #names, CHUNK do
            local ends = first + CHUNK - 1
            if ends > #names then ends = #names end
            local part = call('HMGET', key, spread(names, first, ends))
            for i = 1, #part do found[#found + 1] = part[i] or '' end
          end
          return found
        end

        local function words(args, at)
          local count, found = tonumber(args[at]), {}
          for i = 1, count do found[i] = args[at + i] end
          return found, at + count + 1
        end

        -- A member as numbers: the server's language might compare texts in another order than that of their bytes.
        local function numbers_of(member)
          return member and { unpack('>I4I4I4I4I4I4I4I4I4I4', member) }
        end

        local function is_before(a, b)
          for i = 1, 10 do
            if a[i] ~= b[i] then return a[i] < b[i] end
          end
          return false
        end

        -- Of some lists' heads keeps the best members of all together, so many.
        local function keep_best(heads, max)
          local count, kept, next = 0, {}, {}
          for i, members in ipairs(heads) do
            count = count + #members
            kept[i], next[i] = 0, numbers_of(members[1])
          end
          if count <= max then return end
          for _ = 1, max do
            local least
            for i = 1, #heads do
              if next[i] and (not least or is_before(next[i], next[least])) then least = i end
            end
            kept[least] = kept[least] + 1
            next[least] = numbers_of(heads[least][kept[least] + 1])
          end
          for i, members in ipairs(heads) do
            for at = #members, kept[i] + 1, -1 do members[at] = nil end
          end
        end

        -- KEYS: the store's row. ARGV: 1 epoch; a number of rows, their ids; a number of cells, their names; a number
        -- of words about lists: for each its name, how many of its members, and up to which one ('' for no end, '*'
        -- where it is so many of all lists with that mark, else the one behind it is given too); then whether their
        -- rows are wanted.
        local function jobs(keys, args)
          local prefix = sub(keys[1], 1, -2)
          local _, refusal = load_state(prefix, args[1])
          if refusal then return refusal end
          local ids, names, lists
          local at = 2
          ids, at = words(args, at)
          names, at = words(args, at)
          lists, at = words(args, at)
          local heads, raced, best = {}, {}, 0
          for i = 1, #lists, 3 do
            local key, max = prefix .. lists[i], tonumber(lists[i + 1])
            local members
            if lists[i + 2] == '' then
              members = call('ZRANGE', key, 0, max - 1)
            elseif lists[i + 2] == '*' then
              members = call('ZRANGE', key, 0, max - 1)
              raced[#raced + 1], best = members, max
            else
              members = call('ZRANGEBYLEX', key, '-', '(' .. lists[i + 2], 'LIMIT', 0, max)
              if #members < max then
                local next = call('ZRANGEBYLEX', key, '[' .. lists[i + 2], '+', 'LIMIT', 0, 1)
                members[#members + 1] = next[1]
              end
            end
            heads[#heads + 1] = members
          end
          keep_best(raced, best)
          if args[at] == '1' then
            for _, members in ipairs(heads) do
              for _, member in ipairs(members) do ids[#ids + 1] = sub(member, -16) end
            end
          end
          return { 0, rows_of(prefix .. 'J', ids), rows_of(prefix .. 'C', names), heads }
        end

        -- KEYS: the store's row. ARGV: 1 epoch, 2 list, 3 least and 4 greatest as ZRANGEBYLEX has them, 5 '1' for back
        -- to front, 6 members at most, 7 '1' where their rows are wanted.
        local function job_list(keys, args)
          local prefix = sub(keys[1], 1, -2)
          local _, refusal = load_state(prefix, args[1])
          if refusal then return refusal end
          local members
          if args[5] == '1' then
            members = call('ZREVRANGEBYLEX', prefix .. args[2], args[4], args[3], 'LIMIT', 0, args[6])
          else
            members = call('ZRANGEBYLEX', prefix .. args[2], args[3], args[4], 'LIMIT', 0, args[6])
          end
          local rows = {}
          if args[7] == '1' then
            for i, member in ipairs(members) do rows[i] = sub(member, -16) end
            rows = rows_of(prefix .. 'J', rows)
          end
          return { 0, members, rows }
        end

        """;
}
