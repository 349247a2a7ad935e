using System.Text.Json.Serialization;

namespace Undercroft.Copies;

/// <summary>Where a copy is: the record it keeps in its target. Version 1 of its form.</summary>
/// <param name="Source">The source's epoch.</param>
/// <param name="Cursor">The place in the source's feed that the target has reached; null is the beginning.</param>
/// <param name="IsPruneDue">Whether what the source does not have is still to be deleted.</param>
/// <param name="IsDiff">Whether the walk goes over records that the target may have already.</param>
/// <param name="HasCaughtUp">Whether the walk has reached the end of the feed.</param>
/// <param name="Records">Records written.</param>
/// <param name="Deletions">Deletions written.</param>
/// <param name="Bytes">Bytes of values written.</param>
/// <param name="Rescans">How often the walk began again.</param>
internal sealed record CopyStateV1(
    Guid Source,
    string? Cursor,
    bool IsPruneDue,
    bool IsDiff,
    bool HasCaughtUp,
    long Records,
    long Deletions,
    long Bytes,
    int Rescans)
{
    public CopyStateV1 With(IReadOnlyList<StoreOperation> operations)
    {
        var (records, deletions, bytes) = (Records, Deletions, Bytes);
        foreach (var operation in operations)
        {
            if (operation is PutOperation put)
            {
                records++;
                bytes += put.Value.Length;
            }
            else
            {
                deletions++;
            }
        }

        return this with { Records = records, Deletions = deletions, Bytes = bytes };
    }

    public CopyReport ToReport(bool isResumed) => new()
    {
        Records = Records,
        Deletions = Deletions,
        Bytes = Bytes,
        Rescans = Rescans,
        IsResumed = isResumed,
        HasCaughtUp = HasCaughtUp,
    };
}

/// <summary>The JSON of what copies and restores keep in their targets.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CopyStateV1))]
internal sealed partial class CopyJson : JsonSerializerContext;
