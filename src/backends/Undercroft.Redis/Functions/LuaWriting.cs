namespace Undercroft.Redis.Functions;

/// <summary>The part of the function library that writes records with everything they are found by.</summary>
internal static class LuaWriting
{
    public const string Source = """
        local function index_key(prefix, collection, name)
          return prefix .. 'i:' .. collection .. '\0' .. name
        end

        local function remove_entries(prefix, collection, id, block, kept)
          each_entry(block, function(name, key)
            if not (kept and kept[name .. '\0' .. key]) then
              call('ZREM', index_key(prefix, collection, name), key .. id)
            end
          end)
        end

        local function add_entries(prefix, collection, id, block, had, seen)
          each_entry(block, function(name, key)
            if not (had and had[name .. '\0' .. key]) then
              call('ZADD', index_key(prefix, collection, name), 0, key .. id)
              local place = collection .. '\0' .. name
              if not seen[place] then
                seen[place] = true
                call('ZADD', prefix .. 'j', 0, place)
              end
            end
          end)
        end

        local function entry_set(block)
          if block == NO_ENTRIES then return nil end
          local set = {}
          each_entry(block, function(name, key) set[name .. '\0' .. key] = true end)
          return set
        end

        -- Only the difference between the old entries and the new ones is written.
        local function write_entries(prefix, collection, id, before, after, seen)
          if before == after then return end
          if before ~= NO_ENTRIES then remove_entries(prefix, collection, id, before, entry_set(after)) end
          if after ~= NO_ENTRIES then add_entries(prefix, collection, id, after, entry_set(before), seen) end
        end

        local function write_expiry(prefix, key, before, after)
          local old = before and not before.dead and before.expires or NEVER
          if old ~= after then
            if old ~= NEVER then call('ZREM', prefix .. 'x', old .. key) end
            if after ~= NEVER then call('ZADD', prefix .. 'x', 0, after .. key) end
          end
        end

        local function body_entries(body)
          local meta, entries, at = unpack('>I4I4', body)
          return sub(body, at + meta, at + meta + entries - 1)
        end

        -- Writes a live record over what was there. 'seen' remembers which collections and indexes are listed.
        local function write_live(prefix, key, before, after, rev, seen)
          local collection, id = split(key)
          call('SET', prefix .. 'r:' .. key,
            pack('>BI8c8c8c8', 16, rev, after.created, after.updated, after.expires) .. after.origin .. after.body)
          call('ZADD', prefix .. 'f', number(rev), key)
          if before == nil or before.dead then
            if call('ZADD', prefix .. 'k:' .. collection, 0, id) == 1 and not seen[collection] then
              seen[collection] = true
              call('ZADD', prefix .. 'c', 0, collection)
            end
            if before then call('ZREM', prefix .. 't', key) end
          end
          write_expiry(prefix, key, before, after.expires)
          write_entries(prefix, collection, id, entries_of(before), body_entries(after.body), seen)
        end

        -- Leaves a tombstone in the place of what was there.
        local function write_dead(prefix, key, before, after, rev, seen)
          local collection, id = split(key)
          call('SET', prefix .. 'r:' .. key,
            pack('>BI8c8c8c8', 17, rev, after.created, after.updated, NEVER) .. after.origin .. after.body)
          call('ZADD', prefix .. 'f', number(rev), key)
          call('ZADD', prefix .. 't', number(rev), key)
          if before and not before.dead then
            call('ZREM', prefix .. 'k:' .. collection, id)
            write_expiry(prefix, key, before, NEVER)
            write_entries(prefix, collection, id, entries_of(before), NO_ENTRIES, seen)
          end
        end

        -- The results of a client instance: its row in the hash names the numbers kept, oldest first, behind the
        -- highest number forgotten; each number has a field of its own.
        local function drop_client(prefix, client)
          local row = call('HGET', prefix .. 'l', client)
          if row then
            for at = 9, #row, 8 do call('HDEL', prefix .. 'l', client .. sub(row, at, at + 7)) end
            call('HDEL', prefix .. 'l', client)
          end
          call('ZREM', prefix .. 'u', client)
        end

        local function prune_clients(prefix, cutoff, max)
          local gone = call('ZRANGEBYSCORE', prefix .. 'u', '-inf', '(' .. cutoff, 'LIMIT', 0, max)
          for _, client in ipairs(gone) do drop_client(prefix, client) end
          return #gone
        end

        local function keep_result(prefix, row, client, num, result, kept, used, cutoff)
          if not row then
            row = ZERO
            prune_clients(prefix, cutoff, 2)
          end
          row = row .. num
          while #row / 8 - 1 > kept do
            local oldest = sub(row, 9, 16)
            local forgotten = sub(row, 1, 8)
            if less(forgotten, oldest) then forgotten = oldest end
            call('HDEL', prefix .. 'l', client .. oldest)
            row = forgotten .. sub(row, 17)
          end
          call('HSET', prefix .. 'l', client, row, client .. num, result)
          call('ZADD', prefix .. 'u', used, client)
        end

        """;
}
