using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Architecture.Tests;

/// <summary>A change of what callers see is made on purpose: it shows up in a diff of <c>PublicApi.txt</c>.</summary>
public sealed class PublicSurfaceTests
{
    private const string Accept = "UNDERCROFT_ACCEPT_API";

    [Fact]
    public void Every_library_shows_what_its_PublicApi_says()
    {
        var findings = new List<string>();
        foreach (var project in House.Libraries.Where(path => !path.StartsWith("src/apps/", StringComparison.Ordinal)))
        {
            var snapshot = Path.Combine(House.Root, Path.GetDirectoryName(project)!, "PublicApi.txt");
            var actual = PublicSurface.Describe(Path.GetFileNameWithoutExtension(project));
            if (Environment.GetEnvironmentVariable(Accept) == "1")
            {
                File.WriteAllText(snapshot, actual);
            }
            else if (File.Exists(snapshot))
            {
                findings.AddRange(Differences(project, File.ReadAllText(snapshot).ReplaceLineEndings("\n"), actual));
            }
        }

        Findings.AssertNone(findings);
    }

    [Fact]
    public void A_surface_names_types_and_members_and_leaves_out_what_callers_cannot_see()
    {
        const string source = """
            #nullable enable
            namespace A;

            public sealed record Point(int X, string? Label = null)
            {
                internal int Hidden;
                private protected int hidden;
                public const int Max = 3;
            }
            public readonly record struct Id(long Value);
            public abstract class Shape<T> : System.IDisposable where T : class
            {
                protected abstract T Draw(T? on, params int[] sizes);
                public string Name { get; protected set; } = "";
                public void Dispose() { }
            }
            public enum Color { Red, Green = 5 }
            public interface IPort { System.Threading.Tasks.ValueTask<int> ReadAsync(int limit = 10); }
            public delegate int Hook(string text);
            public static class Verbs
            {
                public static int Twice(this int value) => value;
                extension(string text) { public int Length2() => 2; }
            }
            internal class Unseen;
            """;

        var surface = PublicSurface.Describe(Compile(source));

        Assert.Equal(
            """
            public enum A.Color
              Green = 5
              Red = 0
            public interface A.IPort
              ValueTask<int> ReadAsync(int limit = 10)
            public readonly struct A.Id : IEquatable<Id>
              Id(long Value)
              long Value { get; init; }
            public sealed record A.Point
              Point(int X, string? Label = null)
              const int Max = 3
              int X { get; init; }
              string? Label { get; init; }
            public abstract class A.Shape<T> : IDisposable where T : class
              protected Shape()
              protected abstract T Draw(T? on, params int[] sizes)
              string Name { get; protected set; }
              void Dispose()
            public static class A.Verbs
              static int Length2(this string text)
              static int Twice(this int value)
            public static class A.Verbs.extension(System.String)
              int Length2()
            public delegate int A.Hook(string text)

            """,
            surface);
    }

    [Fact]
    public void A_difference_names_what_came_and_what_went() => Assert.Equal(
        ["p: gone:   int B()", "p: new:    int C()"],
        Differences("p", "class A\n  int B()\n", "class A\n  int C()\n").Take(2));

    private static IEnumerable<string> Differences(string project, string expected, string actual)
    {
        if (expected == actual)
        {
            return [];
        }

        var before = expected.Split('\n');
        var after = actual.Split('\n');
        return
        [
            .. before.Except(after, StringComparer.Ordinal).Select(line => $"{project}: gone: {line}"),
            .. after.Except(before, StringComparer.Ordinal).Select(line => $"{project}: new:  {line}"),
            $"{project}: if that is meant, run this test with {Accept}=1 and commit PublicApi.txt.",
        ];
    }

    private static PortableExecutableReference Compile(string source)
    {
        var compilation = CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)],
            PublicSurface.Platform(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var result = compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        image.Position = 0;
        return MetadataReference.CreateFromStream(image);
    }
}
