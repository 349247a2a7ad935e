using System.Buffers;
using Npgsql;
using NpgsqlTypes;
using Undercroft.Backends;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Writing;

/// <summary>A commit of one put, as the parameters of <see cref="PutText"/>. One for each lane: what it fills is used
/// before the next.</summary>
internal sealed class PutRow(IndexNames names)
{
    private readonly ArrayBufferWriter<byte> form = new(256);
    private readonly ArrayBufferWriter<byte> meta = new(64);
    private readonly ReadOnlyMemory<byte>?[] keys = new ReadOnlyMemory<byte>?[Tables.Slots];

    /// <summary>Fills a command with the statement and its parameters; false where the commit needs more than a row of
    /// its own.</summary>
    public bool TryFill(NpgsqlCommand command, PutText text, CommitJob job, in BatchHead head, bool isMarked)
    {
        if (job.Commit is not { Operations: [PutOperation put], Identity: null } commit || job.HasUnique ||
            !TryLay(put, out var slots))
        {
            return false;
        }

        var shape = ShapeOf(put, commit, slots);
        if (text.For(put.Condition.Kind, shape, isMarked) is not { } statement)
        {
            return false;
        }

        command.CommandText = statement;
        var to = command.Parameters;
        _ = to.Add(Parameter.Of(head.Tenant));
        _ = to.Add(new NpgsqlParameter<string> { TypedValue = put.Key.Collection });
        _ = to.Add(new NpgsqlParameter<string> { TypedValue = put.Key.Id });
        _ = to.Add(Parameter.Of(job.Now.UtcTicks));
        _ = to.Add(Parameter.Of(head.At.UtcTicks));
        _ = to.Add(Bytes(put.Value));
        _ = to.Add(Parameter.Of(head.Writer));
        _ = to.Add(Parameter.Of(head.Batch));
        _ = to.Add(new NpgsqlParameter<string> { TypedValue = head.Segment });
        _ = to.Add(new NpgsqlParameter<string> { TypedValue = head.Synchronous });
        _ = to.Add(Bytes(put.Entries.Count > 0 ? form.WrittenMemory : (ReadOnlyMemory<byte>?)null));
        foreach (var key in keys.AsSpan(0, PutText.KeysOf(shape)))
        {
            _ = to.Add(Bytes(key));
        }

        if (shape == PutShape.Full)
        {
            FillRest(to, put, job);
        }

        if (put.Condition.Kind == WriteConditionKind.Revision)
        {
            _ = to.Add(Parameter.Of(put.Condition.Revision.Value));
        }

        return true;
    }

    private void FillRest(NpgsqlParameterCollection to, PutOperation put, CommitJob job)
    {
        _ = to.Add(Parameter.Of(put.CreatedAt?.UtcTicks));
        _ = to.Add(Parameter.Of(put.UpdatedAt?.UtcTicks));
        _ = to.Add(Parameter.Of(put.ExpiresFrom(job.Now)?.UtcTicks));
        _ = to.Add(Parameter.Of(Parameter.Utf8(job.Commit.Origin)));
        meta.ResetWrittenCount();
        if (put.Meta.Count > 0)
        {
            new RecordWriter(meta).Meta(put.Meta);
        }

        _ = to.Add(Bytes(put.Meta.Count > 0 ? meta.WrittenMemory : (ReadOnlyMemory<byte>?)null));
    }

    // The entries as they are kept, and each in its column; false where one needs a row. All indexes are known.
    private bool TryLay(PutOperation put, out int slots)
    {
        slots = 0;

        // A put without entries may have the shape that carries all keys: none of the put before may be among them.
        Array.Clear(keys);
        if (put.Entries.Count == 0)
        {
            return true;
        }

        form.ResetWrittenCount();
        var normal = EntrySet.Normalize(put.Entries);
        new RecordWriter(form).Entries(normal);
        for (var i = 0; i < normal.Count; i++)
        {
            if (names.Find(put.Key.Collection, normal[i].Index) is not { Slot: { } slot } ||
                !CommitRound.IsAlone(normal, i))
            {
                return false;
            }

            keys[slot - 1] = normal[i].Key;
            slots = Math.Max(slots, slot);
        }

        return true;
    }

    private static PutShape ShapeOf(PutOperation put, Commit commit, int slots) =>
        put is { CreatedAt: null, UpdatedAt: null, ExpiresAt: null, TimeToLive: null, Meta.Count: 0 } &&
        commit.Origin is null
            ? slots switch
            {
                0 => PutShape.Bare,
                <= Tables.Slots / 2 => PutShape.Half,
                _ => PutShape.Keyed,
            }
            : PutShape.Full;

    private static NpgsqlParameter Bytes(ReadOnlyMemory<byte>? bytes) => bytes is { } given
        ? new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = given, NpgsqlDbType = NpgsqlDbType.Bytea }
        : new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea };
}
