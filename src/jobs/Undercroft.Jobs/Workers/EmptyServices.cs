namespace Undercroft.Jobs;

/// <summary>The services of a worker outside of an application: none.</summary>
internal sealed class EmptyServices : IServiceProvider
{
    public static EmptyServices Instance { get; } = new();

    public object? GetService(Type serviceType) => null;
}
