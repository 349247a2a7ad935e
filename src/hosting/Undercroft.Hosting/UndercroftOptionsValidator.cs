using Microsoft.Extensions.Options;

namespace Undercroft.Hosting;

/// <summary>Refuses to start with settings that make no sense.</summary>
internal sealed class UndercroftOptionsValidator(StorageSource source) : IValidateOptions<UndercroftOptions>
{
    public ValidateOptionsResult Validate(string? name, UndercroftOptions options)
    {
        try
        {
            options.Storage.Validate();
            source.Check(options);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException error)
        {
            return ValidateOptionsResult.Fail(error.Message);
        }
    }
}
