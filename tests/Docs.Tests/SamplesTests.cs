using System.Globalization;
using Samples;

namespace Docs.Tests;

/// <summary>The programs that the documentation's code is cut out of do what the documentation says.</summary>
public sealed class SamplesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-docs-");
    private readonly StringWriter output = new(CultureInfo.InvariantCulture) { NewLine = "\n" };

    [Fact]
    public async Task The_transactions_guide_tells_what_happens()
    {
        await TransactionsSample.RunAsync(output);

        Assert.Equal(
            """
            write skew: 1 on call, after 2 attempts
            absence: 2 booked one room, nobody refused
            absence, unique index: 1 booked one room, ann refused
            count: 3 on a shift for 2
            count, guarded: 2 on a shift for 2
            counter: -1 seats left
            counter, claimed: 1 of 2 got seats, 1 left
            report: 0 of 1 order seen
            report, guarded: 1 of 1 order seen
            torn read: 110 in two reads, 100 in one

            """,
            output.ToString());
    }

    [Fact]
    public async Task The_migrations_guide_tells_what_happens()
    {
        await MigrationsSample.RunAsync(output);

        Assert.Equal(
            """
            Read: gold of s1 is a number, and 'Story 2' is s2.
            Old program: Cannot read 'stories/s3': it is at version '2.0', and this program knows no versions. \
            Update the program.
            Dry run: 2 at 0.9, by 0.9 → 1.0 → 2.0
            Dry run: 1 at 2.0, by 2.0
            Dry run: - name: "Story 1" | - texts: ["Once","The end"] | ~ variables.gold: 1 → \
            {"type":"number","default":1} | + title: "Story 1" | + passages: \
            [{"id":"p1","text":"Once"},{"id":"p2","text":"The end"}]
            Run 1: Completed, 2 rewritten, 0 failed.
            Taken back: 2 restored, 1 kept.
            Taken back: s3 stays. It has no original.
            History: run 2 to 2.0 is Completed.
            History: run 1 to 2.0 is RolledBack.
            Declared: 3 brought to 3.0.

            """.Replace("\\\n", "", StringComparison.Ordinal),
            output.ToString());
    }

    [Theory]
    [InlineData("memory:")]
    [InlineData("sqlite:{0}/tutorial.db")]
    [InlineData("file:{0}/tutorial")]
    public async Task The_tutorial_runs_on_every_store_it_names(string uri)
    {
        await TutorialSample.RunAsync(Uri(uri), output);

        Assert.Equal(
            """
            emma is at r3
            Emma
            Cannot write 'books/emma' from r3: the store holds r4. Read it again, merge, and write from r4.
            Cannot write 'books/emma-2': its value in the unique index 'byTitle' belongs to 'books/emma'. \
            Choose another value, or change that document first.
            Villette (1853)
            2 books, then 2
            Austen 6, Brontë 4, us 100
            1 leaflet
            index byAuthor(author, -year), 1 range, forward; order as found
            1 sold
            r7: jane-eyre
            r7: persuasion
            r7: villette
            r8: flyer
            r9: emma
            to be continued from the cursor

            """.Replace("\\\n", "", StringComparison.Ordinal),
            output.ToString());
    }

    [Theory]
    [InlineData("memory:")]
    [InlineData("sqlite:{0}/hosting.db")]
    [InlineData("file:{0}/hosting")]
    public async Task The_hosting_sample_greets(string uri)
    {
        await HostingSample.RunAsync([$"--Undercroft:Store={Uri(uri)}", "--Logging:LogLevel:Default=None"], output);

        Assert.Equal("hello, Ann\n", output.ToString());
    }

    public void Dispose()
    {
        output.Dispose();
        folder.Delete(recursive: true);
    }

    private string Uri(string form) => string.Format(CultureInfo.InvariantCulture, form, folder.FullName);
}
