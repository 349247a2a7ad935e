using Undercroft.Layers;

namespace Undercroft.Migrations;

/// <summary>A store as the queries of one program see it: the documents of one collection in the version it reads.
/// </summary>
internal sealed class FormView(IStore inner, string collection, DocumentForm form) : DelegatingStore(inner)
{
    public override async ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        var read = await Inner.ReadAsync(keys, options, cancellationToken).ConfigureAwait(false);
        if (!HasValues(options.Detail))
        {
            return read;
        }

        var records = new StoreRecord?[read.Count];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = read[i] is { } record && record.Key.Collection == collection ? form.Read(record) : read[i];
        }

        return new ReadResult(records);
    }

    public override async ValueTask<ScanPage> ScanAsync(
        ScanRequest request, CancellationToken cancellationToken = default)
    {
        var page = await Inner.ScanAsync(request, cancellationToken).ConfigureAwait(false);
        return request.Collection == collection && HasValues(request.Detail)
            ? page with { Items = [.. page.Items.Select(item => item with { Record = form.Read(item.Record) })] }
            : page;
    }

    private static bool HasValues(RecordDetail detail) => detail is RecordDetail.Whole or RecordDetail.Complete;
}
