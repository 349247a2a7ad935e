using Undercroft.Files.Disk;
using Undercroft.Files.Tree;

namespace Undercroft.Files.Tests.Tree;

public sealed class LateReleasesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1000)]
    public void Once_it_is_finished_each_file_was_let_go_once(int count)
    {
        var releases = new LateReleases();
        var held = Enumerable.Range(0, count).Select(static _ => new Held()).ToList();

        foreach (var one in held)
        {
            releases.Add(one);
            releases.Add(null);
        }

        releases.Finish();

        Assert.All(held, static one => Assert.Equal(1, one.Times));
    }

    [Fact]
    public void It_can_be_finished_again_and_goes_on_after_that()
    {
        var releases = new LateReleases();
        var (first, second) = (new Held(), new Held());

        releases.Add(first);
        releases.Finish();
        releases.Finish();
        releases.Add(second);
        releases.Finish();

        Assert.Equal((1, 1), (first.Times, second.Times));
    }

    [Fact]
    public void A_file_whose_name_was_deleted_is_gone_from_its_folder_at_once()
    {
        using var folder = new TempFolder();
        var path = folder.NewPath();
        File.WriteAllText(path, "1");

        using var held = DiskFileSystem.Instance.DeleteName(path);

        Assert.False(File.Exists(path));
        Assert.Equal(OperatingSystem.IsLinux(), held is not null);
    }

    [Fact]
    public void A_name_that_is_not_there_can_be_deleted()
    {
        using var folder = new TempFolder();

        Assert.Null(DiskFileSystem.Instance.DeleteName(folder.NewPath()));
    }

    private sealed class Held : IDisposable
    {
        private int times;

        public int Times => Volatile.Read(ref times);

        public void Dispose() => _ = Interlocked.Increment(ref times);
    }
}
