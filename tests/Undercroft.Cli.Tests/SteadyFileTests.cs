using Undercroft.Cli.Invocation;

namespace Undercroft.Cli.Tests;

public sealed class SteadyFileTests : CliFixture
{
    [Fact]
    public async Task A_file_that_grows_while_it_is_read_ends_where_it_ended_and_is_told()
    {
        var path = PathOf("growing");
        await File.WriteAllTextAsync(path, "0123456789", TestContext.Current.CancellationToken);
        await using var file = Assert.IsType<SteadyFile>(SteadyFile.Open(path));
        var buffer = new byte[7];
        var first = await file.ReadAsync(buffer, TestContext.Current.CancellationToken);

        file.CheckUnchanged();
        await File.AppendAllTextAsync(path, "more", TestContext.Current.CancellationToken);
        var rest = await file.ReadAsync(buffer, TestContext.Current.CancellationToken);
        var behind = await file.ReadAsync(buffer, TestContext.Current.CancellationToken);
        var error = Assert.Throws<CliException>(file.CheckUnchanged);

        Assert.Equal((7, 3, 0, 10), (first, rest, behind, file.Length));
        Assert.Equal(
            $"{Names.Show(path)} changed while it was read: it had 10 B and has 14 B now. Nothing was put; put a copy "
            + "that nobody writes to.",
            error.Message);
    }

    [Fact]
    public async Task A_pipe_is_put_as_what_comes_out_of_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes that are files.");
        var path = PathOf("pipe");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [path]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var writing = Task.Run(() => File.WriteAllText(path, "out of a pipe"), TestContext.Current.CancellationToken);
        var put = await RunAsync("store", "blobs", "put", "it", path);
        await writing;

        Assert.Contains("13 B", put.MustSucceed().Out, StringComparison.Ordinal);
    }
}
