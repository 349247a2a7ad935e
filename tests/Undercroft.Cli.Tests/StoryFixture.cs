namespace Undercroft.Cli.Tests;

/// <summary>Two small stories as files.</summary>
public abstract class StoryFixture : CliFixture
{
    internal const string Lamp =
        ":: StoryTitle\nThe Lamp\n\n:: StoryData\n{\"ifid\": \"6B2F4A1C-0D5E-4C7A-9B1E-2F3A4B5C6D7E\", "
        + "\"format\": \"SugarCube\", \"format-version\": \"2.37.3\", \"start\": \"Cellar\"}\n\n"
        + ":: Cellar [dark deep]\nIt is dark.\nA LAMP hangs here. [[Take it->Light]]\n\n"
        + ":: Light\nNow you see. [[Nowhere]]\n\n:: Attic\nNobody comes here.\n";

    internal const string Tide =
        "<tw-storydata name=\"High Tide\" startnode=\"1\" creator=\"Twine\" creator-version=\"2.10.0\" "
        + "ifid=\"A1B2C3D4-1111-4222-8333-944445555666\" format=\"Harlowe\" format-version=\"3.3.9\" hidden>"
        + "<tw-passagedata pid=\"1\" name=\"Shore\" tags=\"\">The sea &amp; a lamp.</tw-passagedata></tw-storydata>\n";

    protected StoryFixture()
    {
        _ = Directory.CreateDirectory(PathOf("stories/sub"));
        File.WriteAllText(PathOf("stories/lamp.twee"), Lamp);
        File.WriteAllText(PathOf("stories/sub/tide.html"), Tide);
        File.WriteAllText(PathOf("stories/sub/page.html"), "<html><p>no story</p></html>");
        File.WriteAllText(PathOf("stories/readme.txt"), "no story either");
    }

    internal const string LampId = "6B2F4A1C-0D5E-4C7A-9B1E-2F3A4B5C6D7E";

    internal async Task ImportAsync() => (await RunAsync("stories", "import", PathOf("stories"))).MustSucceed();
}
