using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Undercroft.Jobs;

namespace Undercroft.Backends;

/// <summary>Tells whether two commits say the same: the first 128 bits of the SHA-256 of everything they write and ask.
/// </summary>
public static class CommitDigest
{
    /// <summary>Computes the digest. Durability, identity and time do not count.</summary>
    public static UInt128 Of(Commit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        var buffer = new ArrayBufferWriter<byte>(512);
        var writer = new RecordWriter(buffer);
        writer.Text(commit.Origin);
        foreach (var operation in commit.Operations)
        {
            Write(writer, operation);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(buffer.WrittenSpan, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    private static void Write(RecordWriter writer, StoreOperation operation)
    {
        writer.Text(operation.Key.Collection);
        writer.Text(operation.Key.Id);
        writer.Number((long)operation.Condition.Kind);
        writer.Number(operation.Condition.Revision.Value);
        writer.Text(operation.Condition.MetaName);
        writer.Text(operation.Condition.MetaText);
        switch (operation)
        {
            case PutOperation put:
                if (put.TimeToLive is { } life)
                {
                    writer.Number(5);
                    writer.Number(life.Ticks);
                }
                else
                {
                    writer.Number(1);
                    writer.Time(put.ExpiresAt);
                }

                writer.Time(put.CreatedAt);
                writer.Time(put.UpdatedAt);
                writer.Meta(put.Meta);
                writer.Entries(put.Entries);
                writer.Bytes(put.Value.Span);
                break;
            case DeleteOperation delete:
                writer.Number(2);
                writer.Number(delete.LeavesTombstone ? 1 : 0);
                writer.Time(delete.UpdatedAt);
                writer.Meta(delete.Meta);
                break;
            case AddOperation add:
                writer.Number(3);
                writer.Number(add.Delta);
                writer.Time(add.ExpiresAt);
                break;
            case JobOperation job:
                JobForm.Digest(writer, job);
                break;
            default:
                writer.Number(4);
                break;
        }
    }
}
