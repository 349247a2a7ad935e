namespace Undercroft.Redis.Functions;

/// <summary>The part of the function library that all functions share: records, the store's state, history.</summary>
internal static class LuaShared
{
    // Instants are 8 bytes, most significant first, for Lua's numbers are doubles: ticks do not fit. Revisions do.
    public const string Source = """
        -- What Redis lends only to a function that runs: each registered one begins by taking it.
        local spread
        local function lend() spread = unpack end

        local call, pack, unpack, sub, find

        local function arm()
          lend()
          call, pack, unpack = redis.call, struct.pack, struct.unpack
          sub, find = string.sub, string.find
        end

        local FORMAT = 1
        local SEGMENTS_MAX = 1024
        -- After a loss so many revisions are left out: more than can have been given out and lost. Fewer where two
        -- versions of the functions may take each other for another process, since they cannot ask for its id.
        local LOST_MAX, LOST_MAX_UNTOLD = 4294967296, 1048576
        local NEVER = '\127\255\255\255\255\255\255\255'
        local UNSET = '\255\255\255\255\255\255\255\255'
        local ZERO = '\0\0\0\0\0\0\0\0'
        local NO_ENTRIES = '\0\0\0\0'

        -- What this process of the server has seen: gone with it, so a restart or another server is noticed.
        -- The highest revisions are by name and epoch: a store made anew after a flush begins with 1.
        local process, life, publish
        local is_told = false
        local highest = {}
        local highest_count = 0

        local function number(n)
          return string.format('%.0f', n)
        end

        -- Compares two instants, or two biased 64-bit numbers, byte by byte whatever the server's language is.
        local function less(a, b)
          local a1, a2 = unpack('>I4I4', a)
          local b1, b2 = unpack('>I4I4', b)
          return a1 < b1 or (a1 == b1 and a2 < b2)
        end

        -- A record: flags 1, revision 8, created 8, updated 8, expires 8, origin 2 + n, then its body:
        -- length of meta 4, length of entries 4, meta, entries, value.
        local function load_record(prefix, key)
          local raw = call('GET', prefix .. 'r:' .. key)
          if not raw then return nil end
          local flags, rev, created, updated, expires, origin, at = unpack('>BI8c8c8c8I2', raw)
          return {
            raw = raw, dead = flags % 2 == 1, rev = rev, created = created, updated = updated, expires = expires,
            body = at + origin }
        end

        local function is_live(record, now)
          return record ~= nil and not record.dead and less(now, record.expires)
        end

        local function entries_of(record)
          if record == nil or record.dead then return NO_ENTRIES end
          local meta, entries, at = unpack('>I4I4', record.raw, record.body)
          return sub(record.raw, at + meta, at + meta + entries - 1)
        end

        local function value_of(record)
          local meta, entries, at = unpack('>I4I4', record.raw, record.body)
          return sub(record.raw, at + meta + entries)
        end

        local function meta_text(record, name)
          local _, _, at = unpack('>I4I4', record.raw, record.body)
          local count, length, key, text
          count, at = unpack('>I4', record.raw, at)
          for _ = 1, count do
            length, at = unpack('>I4', record.raw, at)
            key = sub(record.raw, at, at + length - 1)
            length, at = unpack('>I4', record.raw, at + length)
            text = sub(record.raw, at, at + length - 1)
            at = at + length
            if key == name then return text end
          end
          return nil
        end

        -- Calls back for each entry of a block: the index's name, the key (escaped and ended), whether it is unique.
        local function each_entry(block, visit)
          local count, at = unpack('>I4', block)
          local flags, name, key
          for _ = 1, count do
            flags, name, key, at = unpack('>BI4I4', block, at)
            visit(sub(block, at, at + name - 1), sub(block, at + name, at + name + key - 1), flags % 2 == 1)
            at = at + name + key
          end
        end

        local function split(key)
          local zero = find(key, '\0', 1, true)
          return sub(key, 1, zero - 1), sub(key, zero + 1)
        end

        -- The store's row, or the answer that refuses the call.
        local function load_state(prefix, epoch)
          local row = call('HMGET', prefix .. 'm', 'format', 'epoch', 'seq', 'clock', 'horizon', 'life', 'version')
          if not row[1] then return nil, { 6 } end
          if tonumber(row[1]) ~= FORMAT then return nil, { 7, row[1] } end
          if row[2] ~= epoch then return nil, { 5 } end
          return {
            name = prefix .. epoch, seq = tonumber(row[3]), clock = row[4], horizon = tonumber(row[5]), life = row[6],
            version = row[7] }
        end

        -- The process, and its life as a primary: a replica that takes over begins another one, and so does a primary
        -- that comes back after it was a replica.
        local function life_id(again)
          if not life or again then
            local info = redis.pcall('INFO', 'server', 'replication')
            if type(info) ~= 'string' then info = '' end
            process = string.match(info, 'run_id:(%x+)') or process
            is_told = info ~= ''
            publish = find(info, 'redis_mode:cluster', 1, true) and 'SPUBLISH' or 'PUBLISH'
            if not process then
              local time = call('TIME')
              process = time[1] .. '.' .. time[2] .. tostring(highest)
            end
            life = process .. '-' .. (string.match(info, 'master_replid:(%x+)') or '')
          end
          return life
        end

        -- While a cluster moves the slot, a call for a key that is not here fails, wherever in a function that is. What
        -- writes asks for a key that never is before anything else: it fails whole, and is sent again later.
        local function require_whole(prefix)
          life_id()
          if publish == 'SPUBLISH' or not is_told then call('EXISTS', prefix .. 'z') end
        end

        -- A salt that is sent twice, to two servers that both believe they lead, makes two histories of two names.
        local function salt_here(salt)
          local hex = redis.sha1hex(salt .. life_id())
          return pack('>I4I4', tonumber(sub(hex, 1, 8), 16), tonumber(sub(hex, 9, 16), 16))
        end

        local function add_segment(prefix, state, salt, segments)
          if #segments >= SEGMENTS_MAX * 16 then
            -- The first two become one, which begins where the oldest did.
            segments = sub(segments, 17, 24) .. sub(segments, 9, 16) .. sub(segments, 33)
          end
          state.version, state.life = salt, life_id()
          call('HSET', prefix .. 'm', 'segments', segments .. salt .. pack('>I8', state.seq), 'run', process,
            'life', state.life, 'version', salt)
        end

        -- A stretch of history begins with the first commit of each opening, and with the first after the server was
        -- restarted, replaced by a replica, or put back in time. Then revisions may have been given out that nobody
        -- here knows of: none of them is given out again.
        local function begin_segment(prefix, state, opening, has_begun, fresh)
          local is_other = state.life ~= life_id() and state.life ~= life_id(true)
          is_other = is_other or state.seq < (highest[state.name] or 0)
          if not is_other and has_begun == '1' then return end
          local salt = salt_here(has_begun == '1' and fresh or opening)
          local segments = call('HGET', prefix .. 'm', 'segments') or ''
          if is_other or not find(segments, salt, 1, true) then add_segment(prefix, state, salt, segments) end
          if is_other then state.seq = state.seq + (is_told and LOST_MAX or LOST_MAX_UNTOLD) end
        end

        -- Ends a call that has written under the next revision.
        local function advance(prefix, state, clock)
          state.seq = state.seq + 1
          call('HSET', prefix .. 'm', 'seq', number(state.seq), 'clock', clock)
          if not highest[state.name] then
            highest_count = highest_count + 1
            if highest_count > 10000 then highest, highest_count = {}, 1 end
          end
          highest[state.name] = state.seq
          redis.pcall(publish, prefix .. 'n', number(state.seq))
        end

        """;
}
