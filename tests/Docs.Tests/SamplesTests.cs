using System.Globalization;
using Samples;
using Undercroft.Testing;

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

    [Theory]
    [InlineData("memory:")]
    [InlineData("sqlite:{0}/jobs.db")]
    public async Task The_guide_to_jobs_tells_what_happens(string uri)
    {
        await JobsSample.RunAsync(Uri(uri), output);

        Assert.Equal(
            """
            o1 is placed and will be shipped
            o2 is withdrawn: Changed
            collecting sales
            collecting stock
            stock has 5 lines, attempt 1
            sales has 5 lines, attempt 2
            collecting summary
            summary has 7 lines, attempt 1
            receipt for 42
            default: 1 succeeded, 0 dead
            reports: 3 succeeded, 0 dead

            """,
            output.ToString());
    }

    [Fact]
    public async Task The_guide_to_importing_and_exporting_tells_what_happens()
    {
        await ImportExportSample.RunAsync(folder.FullName, output);

        Assert.Equal(
            """
            cellar.json: it looks like whisker JSON (99 %: its format is 'whisker').
            The Cellar: 2 links, whisker
            lossless: False, checked: ConversionVerification { Differences = 0, Unreported = 0 }
            WHISKER-VARIABLES /fields {"hasLamp":{"type":"boolean","default":false}}
            WHISKER-CONDITION /passages/0/fields Go down
            the condition is back: True
            cellar.json: Converted cellar.json
            hall.twee: Converted hall.json
            notes.txt: PassedOver it looks like plain text; expected Twee 3, Twine 2 HTML or JSON, Twine 1 HTML, \
            or whisker JSON.

            """.Replace("\\\n", "", StringComparison.Ordinal),
            output.ToString());
    }

    [Theory]
    [InlineData("memory:")]
    [InlineData("sqlite:{0}/monitors.db")]
    public async Task The_guide_to_monitors_tells_what_happens(string uri)
    {
        await MonitorsSample.RunAsync(Uri(uri), output);

        Assert.Equal(
            """
            home: Passed 200
            check: Passed
            home: the host '127.0.0.1' is at 127.0.0.1
            run: Completed, success True; 1 run, 100% passed

            """,
            output.ToString());
    }

    [Theory]
    [InlineData("memory:")]
    [InlineData("sqlite:{0}/tutorial.db")]
    [InlineData("file:{0}/tutorial")]
    public async Task The_tutorial_runs_on_every_store_it_names(string uri)
    {
        using var picture = new MemoryStream("a picture of Emma"u8.ToArray());

        await TutorialSample.RunAsync(Uri(uri), picture, output);

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
            covers/emma.png: 17 bytes
            the copy is equal

            """.Replace("\\\n", "", StringComparison.Ordinal),
            output.ToString());
    }

    [Theory]
    [InlineData("memory:")]
    [InlineData("sqlite:{0}/blobs.db")]
    [InlineData("file:{0}/blobs")]
    public async Task The_guide_to_blobs_runs_on_every_store(string uri)
    {
        await BlobsSample.RunAsync(Uri(uri), output);

        Assert.Equal(
            """
            pictures/harbour.png: 12000000 bytes, SHA-256 aac2e78e…
            pictures/harbour.png is image/png
            12000000 bytes read; the range is the same
            album and cover are of one commit: yes
            interrupted; some of it is stored
            film: 12000000 bytes
            2 blobs verified, 0 damaged
            12 MB collected
            21 MB of blobs left

            """,
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

    [Theory]
    [InlineData("memory:")]
    [InlineData("sqlite:{0}/stories.db")]
    [InlineData("file:{0}/stories")]
    public async Task The_story_browser_lists_filters_opens_and_follows(string uri)
    {
        const string Commands = """
            list
            open 1
            go 1
            back
            tag ferry night
            list night
            title The late ferry
            export
            usage
            go 99
            quit
            """;

        await StoryBrowserSample.RunAsync(Uri(uri), new StringReader(Commands), output);

        Assert.Equal(
            """
            new: 9A4E2C71-58D3-4B6F-8E0A-C3F7152D6B98
            new: 5C0B6D3E-9F1A-4E57-8A42-6D1F0E7B93C4
            new: E1B7F2A8-3C64-4D0B-9E55-7A2C8F4D1B06
            list [tag ...] · open NUMBER · go NUMBER · back · tag [tag ...] · title TEXT · export · usage · quit
            1. The Last Entry, 1245 words, tags: sample sea
            2. The Night Ferry, 1541 words, tags: 
            3. The Undercroft, 1356 words, tags: 
            3 of 3 stories
            == The Lamp Room ==
            oil: 2
              1. The Log
              2. The Radio
              3. The Turning
            == The Log ==
            wrote: true
              1. The Radio
              2. Not Weather
            == The Lamp Room ==
            oil: 2
              1. The Log
              2. The Radio
              3. The Turning
            The Last Entry: ferry night
            1. The Last Entry, 1245 words, tags: ferry night
            1 of 3 stories
            The late ferry, tags: ferry night
            0 passages changed by its own export
            3 stories, 41 KiB; the cache holds 3 and answered 83 % of all loads
            list [tag ...] · open NUMBER · go NUMBER · back · tag [tag ...] · title TEXT · export · usage · quit

            """,
            output.ToString());
    }

    [Theory]
    [InlineData("memory:")]
    [InlineData("sqlite:{0}/editor.db")]
    [InlineData("file:{0}/editor")]
    public async Task The_story_editor_saves_merges_restores_and_goes_on(string uri)
    {
        const string Commands = """
            write Start It is dark.
            write End Bye.
            save
            elsewhere End And good night.
            write Start You light a lamp.
            save
            show
            elsewhere Start Somebody enters.
            write Start Nobody is here.
            save
            show
            status
            backups
            restore 1
            show
            theme
            theme dark
            theme
            sign-in secret
            push
            push
            quit
            """;
        await StoryEditorSample.RunAsync(
            Uri(uri), Path.Combine(folder.FullName, "secrets", "token.key"), new StringReader(Commands), output,
            new ManualClock());

        Assert.Equal(
            """
            write PASSAGE TEXT · rename PASSAGE NAME · delete PASSAGE · show · save · status · pause · resume · \
            backups · restore NUMBER · elsewhere PASSAGE TEXT · theme [NAME] · sign-in TOKEN · push · quit
            saved
            merged with others' edits; 0 conflicts
            saved
            Start: It is dark. / You light a lamp.
            End: Bye. / And good night.
            merged with others' edits; 1 conflicts
            saved
            Start: It is dark. / You light a lamp. / Nobody is here.
            End: Bye. / And good night.
            Saved, 4 edits in 3 saves
            4: BeforeSave, 375 bytes
            3: BeforeSave, 357 bytes
            2: BeforeSave, 338 bytes
            1: BeforeSave, 321 bytes
            as it was in backup 1
            Start: It is dark.
            End: Bye.
            no theme
            dark, set for User 'ann'
            editor.theme = "dark"
            signed in: StoryToken { TokenType = bearer, Scope = repo, User =  }
            Create my-story~r10
            Create my-story

            """.Replace("\\\n", "", StringComparison.Ordinal),
            output.ToString());
    }

    [Fact]
    public async Task The_live_copy_sample_moves_archives_and_restores()
    {
        await LiveCopySample.RunAsync(folder.FullName, output);

        Assert.Equal(
            """
            stopped
            4 records, 1 deletion, resumed: True
            equal: True, 3 compared
            restored 3: Mend the lamp

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

    public void Dispose()
    {
        output.Dispose();
        folder.Delete(recursive: true);
    }

    private string Uri(string form) => string.Format(CultureInfo.InvariantCulture, form, folder.FullName);
}
