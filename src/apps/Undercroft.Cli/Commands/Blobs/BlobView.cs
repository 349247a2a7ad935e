using Undercroft.Blobs;
using Undercroft.Cli.Output;

namespace Undercroft.Cli.Commands;

/// <summary>What the <c>store blobs</c> commands write of a blob.</summary>
internal sealed record BlobView(
    string Name,
    long Length,
    string Sha256,
    string? ContentType,
    IReadOnlyList<string> Tags,
    long Revision,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ExpiresAt)
{
    public static BlobView Of(BlobInfo info) => new(
        info.Name, info.Length, info.Sha256, info.ContentType, info.Tags, info.Revision.Value, info.CreatedAt,
        info.UpdatedAt, info.ExpiresAt);

    public static TableView Table(IEnumerable<BlobInfo> infos)
    {
        var table = new TableView("NAME", ">SIZE", "TYPE", "TAGS", "UPDATED", "SHA-256");
        foreach (var info in infos)
        {
            table.Add(
                info.Name, Amounts.Bytes(info.Length), info.ContentType ?? "", string.Join(", ", info.Tags),
                Amounts.Time(info.UpdatedAt), info.Sha256[..16]);
        }

        return table;
    }
}
