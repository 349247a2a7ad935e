using Undercroft.Backends;
using Undercroft.Files.Values;

namespace Undercroft.Files.Reading;

/// <summary>One try to answer a question out of one snapshot. A value that its file no longer holds spoils the try.
/// </summary>
internal sealed class SnapshotRead(ValueReader values)
{
    /// <summary>The record whose value could not be had; null where the answer is good.</summary>
    public StoreRecord? Spoilt { get; private set; }

    /// <summary>Gives a record the shape asked for, with bytes of its own.</summary>
    public StoreRecord Shape(StoreRecord record, RecordDetail detail)
    {
        if (detail is RecordDetail.Keys or RecordDetail.Meta || record.IsDeleted)
        {
            return RecordShape.Cut(record, detail);
        }

        if (Spoilt is not null)
        {
            return record;
        }

        var value = StoredValue.Of(record)!;
        if (values.Load(record.Key, value) is { } bytes)
        {
            return RecordShape.WithValue(record, bytes);
        }

        Spoilt = record;
        return record;
    }

    /// <summary>Answers for one key.</summary>
    public StoreRecord? Answer(StoreRecord? found, in ReadOptions options, int position, DateTimeOffset now)
    {
        var answer = RecordShape.Answer(found, options with { Detail = RecordDetail.Complete }, position, now);
        return answer is null || answer.IsUnchanged ? answer : Shape(answer, options.Detail);
    }
}
