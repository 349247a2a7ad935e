namespace Undercroft.Conformance.Queries;

/// <summary>An index that cannot be built leaves a collection as it was, and one that was dropped binds nobody, on
/// every backend.</summary>
public abstract class DeclaredIndexLaws : QueryLaws
{
    private static readonly CollectionDefinition<RawJson> Plain = new("declared", RawJson.Codec);
    private static readonly CollectionDefinition<RawJson> Unique = Plain.WithUnique("byName", "name");

    [Fact]
    public virtual async Task A_unique_index_that_cannot_be_built_is_taken_back()
    {
        await using var old = OpenStorage();
        await using var young = OpenStorage();
        var plain = old.Repository(Plain);
        await plain.CreateAsync("a", RawJson.FromText("""{"name":"x"}"""), cancellationToken: Cancel);
        await plain.CreateAsync("b", RawJson.FromText("""{"name":"x"}"""), cancellationToken: Cancel);
        await plain.CreateAsync("c", RawJson.FromText("""{"name":"y"}"""), cancellationToken: Cancel);

        var error = await Assert.ThrowsAsync<UniqueConflictException>(
            async () => await young.PrepareAsync(Unique, Cancel));

        Assert.Equal("byName", error.Index);
        Assert.Empty(await young.IndexesAsync("declared", Cancel));
        await plain.CreateAsync("d", RawJson.FromText("""{"name":"y"}"""), cancellationToken: Cancel);
        await plain.UpsertAsync("b", RawJson.FromText("""{"name":"z"}"""), cancellationToken: Cancel);
        await plain.DeleteAsync("d", cancellationToken: Cancel);
        await young.PrepareAsync(Unique, Cancel);
        await Assert.ThrowsAsync<UniqueConflictException>(async () =>
            await plain.CreateAsync("e", RawJson.FromText("""{"name":"y"}"""), cancellationToken: Cancel));
    }

    [Fact]
    public virtual async Task A_dropped_index_binds_nobody_and_leaves_no_entries()
    {
        await using var storage = OpenStorage();
        await storage.Repository(Unique)
            .CreateAsync("a", RawJson.FromText("""{"name":["x","y"]}"""), cancellationToken: Cancel);

        var dropped = await storage.DropIndexAsync("declared", "byName", Cancel);

        Assert.Equal(Unique.Indexes, dropped);
        Assert.Empty(await storage.IndexesAsync("declared", Cancel));
        var read = await Store.ReadAsync(
            new RecordKey("declared", "a"), new ReadOptions { Detail = RecordDetail.Complete }, Cancel);
        Assert.Empty(read[0]!.Entries);
        await storage.Repository(Plain)
            .CreateAsync("b", RawJson.FromText("""{"name":"x"}"""), cancellationToken: Cancel);
    }
}
