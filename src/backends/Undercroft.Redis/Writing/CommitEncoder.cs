using System.Buffers;
using System.Buffers.Binary;
using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Writing;

/// <summary>Writes the operations of a commit as arguments of the commit function: for each its record's name, its head
/// and its body. One commit at a time.</summary>
internal sealed class CommitEncoder
{
    private const byte PutKind = 1;
    private const byte DeleteKind = 2;
    private const byte AddKind = 3;
    private const byte CheckKind = 4;
    private const int SpareBytesMax = 1024 * 1024;

    // In place of an instant that is not given.
    private const long Unset = -1;

    // Tells a length of life from an instant: the function counts it from the commit.
    private const long LifeBit = long.MinValue;

    private ArrayBufferWriter<byte> buffer = new(1024);

    /// <summary>Adds the operations to a command.</summary>
    public void Write(RedisCommand command, Commit commit)
    {
        Span<byte> name = stackalloc byte[RecordKey.CollectionBytesMax + 1 + RecordKey.IdBytesMax];
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            var operation = commit.Operations[i];
            _ = command.Add(name[..StoreKeys.WriteName(operation.Key, name)]);
            buffer.ResetWrittenCount();
            WriteHead(operation);
            _ = command.Add(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
            WriteBody(operation);
            _ = command.Add(buffer.WrittenSpan);
        }

        if (buffer.Capacity > SpareBytesMax)
        {
            buffer = new ArrayBufferWriter<byte>(1024);
        }
    }

    private void WriteHead(StoreOperation operation)
    {
        var condition = operation.Condition;
        Number(operation switch
        {
            PutOperation => PutKind,
            DeleteOperation => DeleteKind,
            AddOperation => AddKind,
            _ => CheckKind,
        });
        Number((byte)condition.Kind);
        Number(condition.Revision.Value);
        switch (operation)
        {
            case PutOperation put:
                Number(put.TimeToLive is { } life
                    ? life.Ticks | LifeBit
                    : put.ExpiresAt?.UtcTicks ?? RecordCodec.Never);
                Number(put.CreatedAt?.UtcTicks ?? Unset);
                Number(put.UpdatedAt?.UtcTicks ?? Unset);
                WriteUnique(put.Entries);
                break;
            case DeleteOperation delete:
                Number(delete.LeavesTombstone ? 1L << 56 : 0);
                Number(Unset);
                Number(delete.UpdatedAt?.UtcTicks ?? Unset);
                RecordCodec.WriteLength(0, buffer);
                break;
            case AddOperation add:
                Number(add.Delta);
                Number(add.ExpiresAt?.UtcTicks ?? RecordCodec.Never);
                Number(Unset);
                RecordCodec.WriteLength(0, buffer);
                break;
            default:
                Number(0L);
                Number(0L);
                Number(0L);
                RecordCodec.WriteLength(0, buffer);
                break;
        }

        if (condition.Kind == WriteConditionKind.Meta)
        {
            RecordCodec.WriteText(condition.MetaName!, buffer);
            Number(condition.MetaText is null ? (byte)0 : (byte)1);
            buffer.Write(System.Text.Encoding.UTF8.GetBytes(condition.MetaText ?? string.Empty));
        }
    }

    // What is unique comes once more, in the order of the caller: that is the order in which it is judged.
    private void WriteUnique(IReadOnlyList<IndexEntry> entries)
    {
        var count = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            count += entries[i].IsUnique ? 1 : 0;
        }

        if (count == 0)
        {
            RecordCodec.WriteLength(0, buffer);
            return;
        }

        var unique = new ArrayBufferWriter<byte>();
        RecordCodec.WriteLength(count, unique);
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].IsUnique)
            {
                RecordCodec.WriteEntry(entries[i], unique);
            }
        }

        RecordCodec.WriteLength(unique.WrittenCount, buffer);
        buffer.Write(unique.WrittenSpan);
    }

    private void WriteBody(StoreOperation operation)
    {
        switch (operation)
        {
            case PutOperation put:
                RecordCodec.WriteBody(put.Meta, EntrySet.Normalize(put.Entries), put.Value.Span, buffer);
                break;
            case DeleteOperation delete:
                RecordCodec.WriteBody(delete.Meta, [], default, buffer);
                break;
            default:
                break;
        }
    }

    private void Number(byte value) => buffer.Write([value]);

    private void Number(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(sizeof(long)), value);
        buffer.Advance(sizeof(long));
    }
}
