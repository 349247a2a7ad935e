using System.Security.Cryptography;
using System.Text;

namespace Undercroft.Cli.Tests;

public sealed class BlobCommandTests : CliFixture
{
    private static readonly byte[] Content = MakeContent();
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Content));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_is_no_file_to_put_and_none_to_get_into()
    {
        _ = Directory.CreateDirectory(PathOf("folder"));
        _ = (await RunAsync(new CliRunOptions { Input = "bytes" }, "store", "blobs", "put", "b")).MustSucceed();
        await File.WriteAllTextAsync(PathOf("flat"), "x", TestContext.Current.CancellationToken);

        var put = await RunAsync("store", "blobs", "put", "x", PathOf("folder"));
        var get = await RunAsync("store", "blobs", "get", "b", "--to", PathOf("flat/file"));

        put.MustFail(
            1, $"undercroft: {Names.Show(PathOf("folder"))} is a folder; expected a file. Name one in it.");
        Assert.Equal(1, get.Code);
        Assert.StartsWith(
            $"undercroft: Cannot write {Names.Show(PathOf("flat/file"))}: ", get.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            ". Mend that, then run the same command again: it goes on where it was.\n",
            get.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_goes_in_and_comes_out()
    {
        await File.WriteAllBytesAsync(PathOf("in"), Content, Cancel);

        var put = await RunAsync(
            "store", "blobs", "put", "a/b", PathOf("in"), "--content-type", "image/png", "--tag", "x", "--sha256",
            Hash, "--json");
        var got = await RunAsync("store", "blobs", "get", "a/b", "--to", PathOf("out"), "--json");

        var json = put.MustSucceed().Json();
        Assert.Equal("a/b", json.GetProperty("name").GetString());
        Assert.Equal(Content.Length, json.GetProperty("length").GetInt64());
        Assert.Equal(Hash, json.GetProperty("sha256").GetString());
        Assert.Equal("image/png", json.GetProperty("contentType").GetString());
        Assert.Equal(put.Out, got.MustSucceed().Out);
        Assert.Equal(Content, await File.ReadAllBytesAsync(PathOf("out"), Cancel));
        Assert.Equal(["in", "out"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("0-4", "01234")]
    [InlineData("7-", "789")]
    [InlineData("-2", "89")]
    [InlineData("3-3", "3")]
    [InlineData("8-99", "89")]
    [InlineData("50-", "")]
    public async Task A_range_goes_to_a_pipe(string range, string expected)
    {
        _ = (await RunAsync(new CliRunOptions { Input = "0123456789" }, "store", "blobs", "put", "it")).MustSucceed();

        Assert.Equal(expected, (await RunAsync("store", "blobs", "get", "it", $"--range={range}")).MustSucceed().Out);
    }

    [Fact]
    public async Task A_range_does_not_go_on_with_what_another_range_has_left()
    {
        _ = (await RunAsync(new CliRunOptions { Input = "0123456789" }, "store", "blobs", "put", "it")).MustSucceed();
        var sha = Convert.ToHexStringLower(SHA256.HashData("0123456789"u8));
        await File.WriteAllTextAsync(PathOf($"out.{sha[..16]}-4.part"), "23", Cancel);

        var get = await RunAsync("store", "blobs", "get", "it", "--range=5-8", "--to", PathOf("out"));

        _ = get.MustSucceed();
        Assert.Equal("5678", await File.ReadAllTextAsync(PathOf("out"), Cancel));
    }

    [Fact]
    public async Task An_interrupted_put_goes_on_where_it_was()
    {
        await File.WriteAllBytesAsync(PathOf("in"), Content, Cancel);
        using var stop = new CancellationTokenSource();
        await using (var storage = new Storage(KeepOpen()))
        {
            // What a put that was interrupted after its first commit has left.
            var written = File.GetLastWriteTimeUtc(PathOf("in")).Ticks;
            var name = FormattableString.Invariant($"{PathOf("in")}\n{Content.Length}\n{written}");
            var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            var upload = await storage.Blobs.UploadAsync($"file-{id}", Cancel);
            _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await upload.ReceiveAsync(
                new MemoryStream(Content), new() { Progress = new Stop(stop) }, stop.Token));
        }

        var put = await RunAsync("store", "blobs", "put", "it", PathOf("in"));

        Assert.Contains("Going on at ", put.Error, StringComparison.Ordinal);
        Assert.Contains(Hash, put.MustSucceed().Out, StringComparison.Ordinal);
        var verified = await RunAsync("store", "blobs", "verify");
        Assert.StartsWith("All is well: 1 blob", verified.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_get_goes_on_and_what_does_not_fit_is_refused()
    {
        await File.WriteAllBytesAsync(PathOf("in"), Content, Cancel);
        _ = (await RunAsync("store", "blobs", "put", "it", PathOf("in"))).MustSucceed();
        var part = PathOf($"out.{Hash[..16]}-{Content.Length}.part");

        await File.WriteAllBytesAsync(part, new byte[100], Cancel);
        var wrong = await RunAsync("store", "blobs", "get", "it", "--to", PathOf("out"));
        await File.WriteAllBytesAsync(part, Content[..1_000_000], Cancel);
        var right = await RunAsync("store", "blobs", "get", "it", "--to", PathOf("out"));
        var again = await RunAsync("store", "blobs", "get", "it", "--to", PathOf("out"));

        Assert.Equal(1, wrong.Code);
        Assert.Contains(Hash, wrong.Error, StringComparison.Ordinal);
        Assert.Equal("Going on at 976.6 KiB of 5.7 MiB.\n", right.MustSucceed().Error);
        Assert.Equal(Content, await File.ReadAllBytesAsync(PathOf("out"), Cancel));
        Assert.False(File.Exists(part));
        Assert.Equal(4, again.Code);
    }

    [Fact]
    public async Task Blobs_are_listed_deleted_and_collected()
    {
        foreach (var name in new[] { "a/1", "a/2", "b" })
        {
            _ = (await RunAsync(
                new CliRunOptions { Input = name }, "store", "blobs", "put", name, "--tag", name[..1])).MustSucceed();
        }

        var listed = (await RunAsync("store", "blobs", "ls", "a/", "--tag", "a", "--json")).MustSucceed().JsonLines();
        var table = (await RunAsync("store", "blobs", "ls")).MustSucceed();
        var deleted = (await RunAsync("store", "blobs", "rm", "a/1", "--json")).MustSucceed();
        var spared = (await RunAsync("store", "blobs", "gc", "--json")).MustSucceed().Json();
        var dry = (await RunAsync("store", "blobs", "gc", "--grace", "0s", "--dry-run", "--json")).MustSucceed().Json();
        var collected = (await RunAsync("store", "blobs", "gc", "--grace", "0s")).MustSucceed();

        Assert.Equal(["a/1", "a/2"], listed.Select(static one => one.GetProperty("name").GetString()));
        Assert.Contains("a/2", table.Out, StringComparison.Ordinal);
        Assert.Equal("""{"name":"a/1"}""" + "\n", deleted.Out);
        Assert.Equal((0, 1), (spared.GetProperty("deleted").GetInt64(), spared.GetProperty("spared").GetInt64()));
        Assert.Equal((1, 3), (dry.GetProperty("deleted").GetInt64(), dry.GetProperty("deletedBytes").GetInt64()));
        Assert.Equal("1 chunk of 3 B deleted, 0 spared, 3 examined.\n", collected.Out);
    }

    [Fact]
    public async Task What_is_damaged_is_named()
    {
        _ = (await RunAsync(new CliRunOptions { Input = "bytes" }, "store", "blobs", "put", "it")).MustSucceed();
        await using (var storage = new Storage(KeepOpen()))
        {
            var key = new RecordKey("$chunks", Convert.ToHexStringLower(SHA256.HashData("bytes"u8)));
            _ = await storage.Store.CommitAsync(new Commit(new PutOperation(key, "bites"u8.ToArray())), Cancel);
        }

        var verified = await RunAsync("store", "blobs", "verify", "it", "--json");
        var got = await RunAsync("store", "blobs", "get", "it", "--to", PathOf("out"));

        Assert.Equal((1, 1), (verified.Code, got.Code));
        Assert.False(verified.Json().GetProperty("sound").GetBoolean());
        Assert.Contains("The blob 'it' is damaged: its chunk ", got.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("out")));
    }

    [Theory]
    [InlineData(3, "get", "none", "--to", "x")]
    [InlineData(3, "rm", "none")]
    [InlineData(3, "verify", "none")]
    [InlineData(3, "put", "it", "/no/such/file")]
    [InlineData(2, "put", "", "-")]
    [InlineData(2, "put", "it", "-", "--sha256", "abc")]
    [InlineData(1, "put", "it", "-", "--sha256", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(4, "put", "it", "-", "--if-revision", "7")]
    [InlineData(2, "get", "there", "--range=9-1")]
    [InlineData(2, "get", "there", "--range=x")]
    [InlineData(2, "get", "there", "--json")]
    public async Task What_cannot_be_done_says_so_and_does_nothing(int code, params string[] command)
    {
        _ = (await RunAsync(new CliRunOptions { Input = "x" }, "store", "blobs", "put", "there")).MustSucceed();

        var result = await RunAsync(new CliRunOptions { Input = "bytes" }, ["store", "blobs", .. command]);

        Assert.Equal((code, ""), (result.Code, result.Out));
        Assert.StartsWith("undercroft: ", result.Error, StringComparison.Ordinal);
        Assert.Single((await RunAsync("store", "blobs", "ls", "--json")).JsonLines());
    }

    private static byte[] MakeContent()
    {
        var bytes = new byte[6_000_000];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private sealed class Stop(CancellationTokenSource stop) : IProgress<long>
    {
        public void Report(long value) => stop.Cancel();
    }
}
